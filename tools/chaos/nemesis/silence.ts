import { once } from 'node:events';
import { connect } from 'node:net';

const patienceMs = 300;

/** What each server answers at once, if it is alive. */
const greetings = {
  http: Buffer.from('GET /health/live HTTP/1.0\r\n\r\n'),
  redis: Buffer.from('PING\r\n'),
  postgres: Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), // SSLRequest
} as const;

/** Whether a server takes the connection, as its system does for it, and says nothing. */
export async function isSilent(url: string, speaks: keyof typeof greetings): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
  try {
    await once(socket, 'connect');
    socket.write(greetings[speaks]);
    await once(socket, 'data', { signal: AbortSignal.timeout(patienceMs) });
    return false;
  } catch (error) {
    return error instanceof Error && error.name === 'AbortError';
  } finally {
    socket.destroy();
  }
}
