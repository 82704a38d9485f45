import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  COSIGNATURE,
  formatVerifierKey,
  makeSignerKey,
  parseVerifierKey,
} from '../../src/transparency/formats/note-key.js';
import { openWitness } from '../../verification/witness/open-witness.js';

/** A real witness, and what it was asked. */
export interface RecordingWitness {
  /** As TRANSPARENCY_WITNESSES has it: key and URL. */
  readonly variable: string;
  /** The bodies of the requests that it has cosigned, in their order. */
  readonly cosigned: readonly string[];
  close(): Promise<void>;
}

/** @param logKey whose checkpoints it cosigns */
export async function startRecordingWitness(logKey: string): Promise<RecordingWitness> {
  const key = makeSignerKey('witness.example', new Uint8Array(32).fill(5), COSIGNATURE);
  const folder = await mkdtemp(join(tmpdir(), 'seonchak-witness-'));
  const options = { folder, port: 0, host: '127.0.0.1', logs: [parseVerifierKey(logKey)] };
  const witness = await openWitness(options, key, console.log);
  const cosigned: string[] = [];
  const recorder = createServer((request, response) => {
    void (async () => {
      const { method = 'GET', url } = request;
      const body = await text(request);
      const answer = await fetch(`${witness.url}${url}`, method === 'GET' ? {} : { method, body });
      if (method === 'POST' && answer.status === 200) cosigned.push(body);
      response.writeHead(answer.status).end(await answer.text());
    })();
  });
  await new Promise<void>((resolve) => recorder.listen(0, '127.0.0.1', resolve));
  return {
    variable: `${formatVerifierKey(key)} http://127.0.0.1:${(recorder.address() as AddressInfo).port}`,
    cosigned,
    close: async () => {
      recorder.close();
      recorder.closeAllConnections();
      await witness.close();
    },
  };
}
