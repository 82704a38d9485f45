import type { LoggerService } from '@nestjs/common';
import { type Level, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Environment } from '../config/environment.js';

/** Contexts of Nest that list the modules and routes at every start. */
const ASSEMBLY: ReadonlySet<unknown> = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
]);

/**
 * Nest's logger, on pino: JSON lines on stdout. A message is an object with `msg` and facts, a sentence, or an error.
 *
 * User ids are personal data and are never logged; neither are tokens, addresses or paths (which may contain a user
 * id), only routes. A grant is named by campaign, slot and arrival number, which somebody with access to Postgres can
 * resolve.
 */
export class ServiceLogger implements LoggerService {
  private readonly pino: Logger;

  /** @param idsOf what each line says besides, about the work under way */
  constructor({ LOG_LEVEL, APP_ROLE }: Environment, idsOf?: () => Readonly<Record<string, string>>) {
    this.pino = pino({
      level: LOG_LEVEL,
      base: { role: APP_ROLE, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describe },
      ...(idsOf ? { mixin: () => ({ ...idsOf() }) } : {}),
    });
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write(ASSEMBLY.has(rest.at(-1)) ? 'debug' : 'info', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Nest passes the context as the last argument. */
  private write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const context = rest.at(-1);
    if (message instanceof Error) this.pino[level]({ context, err: message });
    else if (typeof message === 'string') this.pino[level]({ context }, message);
    else this.pino[level]({ context, ...(message as object) });
  }
}

/** Drops all other properties of an error: a failed query's parameters and details contain user ids. */
function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  return { type: name, message, stack, ...('code' in error ? { code: error.code } : {}) };
}
