import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.js';

const largestBody = 16 * 1024;

/** @throws Refusal with status 413 as soon as the body exceeds 16 KiB */
export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // No `for await`: leaving it early destroys the connection, so the refusal could not be sent.
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
