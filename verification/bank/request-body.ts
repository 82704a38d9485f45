import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.js';

const largestBody = 16 * 1024;

/** @throws Refusal with status 413 as soon as there are more than 16 KiB */
export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Not for await: leaving that early destroys the connection, and the refusal could not be answered.
  return new Promise((resolve, reject) => {
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > largestBody) reject(new Refusal(413, 'body-too-large'));
      else chunks.push(chunk);
    });
    incoming.once('end', () => resolve(Buffer.concat(chunks)));
    incoming.on('error', reject);
  });
}
