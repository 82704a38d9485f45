import type { LoggerService } from '@nestjs/common';
import { type Level, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Environment } from '../config/environment.js';

/** Who tells, at every start, which modules and routes there are. */
const ASSEMBLY: ReadonlySet<unknown> = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
]);

/**
 * Nest's logger, on pino: JSON lines on stdout. What is logged is an object with `msg` and the facts of the matter, a
 * sentence, or an error.
 *
 * User ids are personal data and never appear: neither tokens nor addresses nor paths (which may name a user) are logged,
 * only routes. A grant is spoken of by campaign, slot and arrival number, which somebody with access to Postgres can
 * resolve.
 */
export class ServiceLogger implements LoggerService {
  private readonly pino: Logger;

  constructor({ LOG_LEVEL, APP_ROLE }: Environment) {
    this.pino = pino({
      level: LOG_LEVEL,
      base: { role: APP_ROLE, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describe },
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

  /** Nest puts the name of who speaks last. */
  private write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const context = rest.at(-1);
    if (message instanceof Error) this.pino[level]({ context, err: message });
    else if (typeof message === 'string') this.pino[level]({ context }, message);
    else this.pino[level]({ context, ...(message as object) });
  }
}

/** An error without what else it carries: a failed query's parameters and details hold user ids. */
function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  return { type: name, message, stack, ...('code' in error ? { code: error.code } : {}) };
}
