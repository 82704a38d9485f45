import { once } from 'node:events';
import { connect } from 'node:net';

const patienceMs = 300;

/** A request that each server answers at once if it is alive. */
const greetings = {
  http: Buffer.from('GET /health/live HTTP/1.0\r\n\r\n'),
  redis: Buffer.from('PING\r\n'),
  postgres: Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), // SSLRequest
} as const;

export type Speaks = keyof typeof greetings;

/** Greets a server. `silent`: its kernel accepts the connection, but the process does not answer. */
export async function greet(url: string, speaks: Speaks): Promise<'answers' | 'silent' | 'away'> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
  try {
    await once(socket, 'connect');
    socket.write(greetings[speaks]);
    await once(socket, 'data', { signal: AbortSignal.timeout(patienceMs) });
    return 'answers';
  } catch (error) {
    return error instanceof Error && error.name === 'AbortError' ? 'silent' : 'away';
  } finally {
    socket.destroy();
  }
}
