import { connect, type Socket } from 'node:net';

/** Connections on which a test writes bytes of its own to a service. Close them. */
export class RawConnections {
  private readonly sockets: Socket[] = [];

  constructor(private readonly url: () => string) {}

  open(): Socket {
    const { hostname, port } = new URL(this.url());
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    this.sockets.push(socket);
    return socket;
  }

  /**
   * Sends `head`, then `more` again and again.
   * @returns what came back until the other side closed, and when it did
   */
  trickle(head: string, more: string | null): Promise<{ text: string; ms: number }> {
    return new Promise((resolve) => {
      const started = performance.now();
      let text = '';
      const socket = this.open();
      if (head !== '') socket.write(head);
      const trickling = setInterval(() => more !== null && socket.write(more), 200);
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('close', () => {
        clearInterval(trickling);
        resolve({ text, ms: performance.now() - started });
      });
    });
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
