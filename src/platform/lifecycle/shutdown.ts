import type { INestApplication } from '@nestjs/common';
import type { Server } from 'node:http';
import { Server as Listener, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventLog } from '../logging/event-log.js';
import type { Environment } from '../config/environment.js';
import { Draining } from './draining.js';

/**
 * How long keep-alive connections may carry one more request after the listener has closed: a request that was on its
 * way while its connection seemed idle gets its answer, with `Connection: close`, instead of a reset.
 */
const LINGER_MS = 500;

/** How often idle connections are closed: one whose request began before the draining stays open and delays the end. */
const SWEEP_MS = 50;

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * On SIGTERM or SIGINT: readiness answers 503, load balancers get DRAIN_DELAY_MS to notice, the listener closes,
 * requests in flight are answered, the worker finishes its jobs, connections close, exit 0. Exit 1 when that takes
 * longer than SHUTDOWN_DEADLINE_MS.
 */
export function shutDownInOrder(
  app: INestApplication,
  { DRAIN_DELAY_MS, SHUTDOWN_DEADLINE_MS }: Environment,
): void {
  const log = new EventLog('Shutdown');
  const server = app.getHttpServer() as Server;
  const connections = connectionsOf(server);
  const shutDown = async (signal: string): Promise<void> => {
    log.write('draining', { signal });
    setTimeout(() => {
      log.write('drain-timeout', { deadlineMs: SHUTDOWN_DEADLINE_MS });
      process.exit(1);
    }, SHUTDOWN_DEADLINE_MS).unref();
    app.get(Draining).begin();
    await sleep(DRAIN_DELAY_MS);
    await endConnections(server, connections);
    await app.close();
    log.write('drained');
    process.exit(0);
  };
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      shutDown(signal).catch((error: unknown) => {
        log.write('drain-failed', { err: error });
        process.exit(1);
      });
    });
  }
}

/** The connections of a server, as they come and go from now on. */
function connectionsOf(server: Server): ReadonlySet<Socket> {
  const connections = new Set<Socket>();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  return connections;
}

/** Stops accepting connections, and resolves when the last one has ended. */
async function endConnections(server: Server, connections: ReadonlySet<Socket>): Promise<void> {
  // Not the HTTP server's own close, which ends connections that seem idle at once.
  const ended = new Promise<void>((resolve) => Listener.prototype.close.call(server, () => resolve()));
  await Promise.race([ended, sleep(LINGER_MS)]);
  // To Node a connection that never sent anything is not idle: its first request is under way.
  for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  await ended;
  clearInterval(sweep);
}
