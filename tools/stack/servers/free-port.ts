import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { StackError } from '../stack-error.js';

// Below the ephemeral range, from which systems take the ports of outgoing connections. A client that keeps trying a
// stopped server's port in that range may get this port as its own source port and connect to itself.
const lowestPort = 20_000;
const highestPort = 30_000;

/** Whether a server could listen on the port right now. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Ports that this process has handed out. Their users may not listen yet. */
const given = new Set<number>();

/** A port of 127.0.0.1 that is free now, that no outgoing connection will take, and that was not handed out before. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(lowestPort, highestPort);
    if (given.has(port)) continue;
    given.add(port);
    if (await isPortFree(port)) return port;
  }
  throw new StackError('No free port was found on 127.0.0.1: check whether this process may listen there.');
}
