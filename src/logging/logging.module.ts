import { Module } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LoggerModule } from 'nestjs-pino';
import { Environment } from '../config/environment.js';

const REQUEST_ID = /^[\w.:-]{1,64}$/;

/**
 * Structured JSON logs, a line for what went wrong or is worth knowing, and none a request: those are at `debug`.
 *
 * User ids are personal data and never appear: neither tokens nor addresses nor paths (which may name a user) are logged,
 * only the route. A grant is spoken of by campaign, slot and arrival number, which somebody with access to Postgres can
 * resolve.
 */
@Module({
  imports: [
    LoggerModule.forRootAsync({
      inject: [Environment],
      useFactory: ({ LOG_LEVEL, APP_ROLE }: Environment) => ({
        pinoHttp: {
          level: LOG_LEVEL,
          base: { role: APP_ROLE, pid: process.pid },
          genReqId: requestId,
          customLogLevel: (_: IncomingMessage, response: ServerResponse) =>
            response.statusCode >= 500 && response.statusCode !== 503 ? 'error' : 'debug',
          quietReqLogger: true,
          serializers: {
            req: ({ id, method, raw }: { id: string; method: string; raw: RoutedRequest }) => ({
              id,
              method,
              route: raw.route?.path,
            }),
            res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
          },
        },
      }),
    }),
  ],
})
export class LoggingModule {}

interface RoutedRequest extends IncomingMessage {
  readonly route?: { readonly path: string };
}

/** The caller's X-Request-Id where it is a decent one, else a new one; sent back either way. */
function requestId(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  response.setHeader('X-Request-Id', id);
  return id;
}
