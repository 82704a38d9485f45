import { closeSync, openSync, writeSync } from 'node:fs';
import { utf8 } from '../../src/transparency/formats/bytes.js';
import { formatCheckpoint } from '../../src/transparency/formats/checkpoint.js';
import { hashLeaf } from '../../src/transparency/formats/merkle-tree.js';
import { formatVerifierKey, makeSignerKey } from '../../src/transparency/formats/note-key.js';
import { formatNote, signNote } from '../../src/transparency/formats/signed-note.js';
import { TreeEdge } from '../../src/transparency/formats/tree-edge.js';
import { CampaignWriter } from './campaign-writer.js';

const ORIGIN = 'sample.example/log';
const LOG_KEY = makeSignerKey(ORIGIN, new Uint8Array(32).fill(1));
const RECEIPT_KEY = makeSignerKey(`${ORIGIN}/receipts`, new Uint8Array(32).fill(2));
const LOG_LEAF = `v1 log ${formatVerifierKey(RECEIPT_KEY)} 100000 1764000000000`;

const LINES_AT_ONCE = 10_000;

/**
 * Writes the proof of a campaign that `people` get, a tenth more wait for, and one payment in a hundred fails in. It is
 * written twice, since the checkpoint stands before the leaves.
 */
export function writeLargeProof(path: string, people: number): void {
  const edge = new TreeEdge();
  writeCampaign(people, (leaf) => void edge.append(hashLeaf(utf8(leaf))));
  const text = formatCheckpoint({ origin: ORIGIN, size: edge.size, root: edge.root() });
  const checkpoints = [formatNote({ text, signatures: [signNote(text, LOG_KEY)] })];
  const head = {
    origin: ORIGIN,
    campaign: 'large',
    logKey: formatVerifierKey(LOG_KEY),
    policy: null,
    checkpoints,
  };
  const file = openSync(path, 'w');
  let lines: string[] = ['seonchak-proof/v1', JSON.stringify(head)];
  const write = (): void => {
    writeSync(file, lines.map((line) => `${line}\n`).join(''));
    lines = [];
  };
  writeCampaign(people, (leaf) => {
    lines.push(`l ${leaf}`);
    if (lines.length >= LINES_AT_ONCE) write();
  });
  write();
  closeSync(file);
}

function writeCampaign(people: number, write: (leaf: string) => void): void {
  const terms = { campaign: 'large', capacity: people, waitingCapacity: Math.floor(people / 10) } as const;
  write(LOG_LEAF);
  const writer = new CampaignWriter({ ...terms, reversalPolicy: 'keep' }, write);
  writer.begin();
  while (writer.claim());
  for (let arrivalNo = 1; arrivalNo <= people; arrivalNo++) {
    if (arrivalNo % 100 !== 0) writer.pay(arrivalNo);
    else {
      writer.fail(arrivalNo);
      writer.promote();
    }
  }
  writer.end();
}
