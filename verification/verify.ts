import { createReadStream } from 'node:fs';
import { readCommandLine } from '../tools/command-line/read-command-line.js';
import { runCommand } from '../tools/command.js';
import { readEligibleList } from './verifier/lists/eligible-list.js';
import { exitCodeOf, printVerdict } from './verifier/print-verdict.js';
import { parseReceipt } from './verifier/receipts/receipt.js';
import { openSource } from './verifier/sources/open-source.js';
import { StampAuthorities } from './verifier/stamps/stamp-authorities.js';
import { UnusableInput } from './verifier/unusable-input.js';
import { checkLog, type LogToCheck } from './verifier/verdict/check-log.js';
import { nameLeaves } from './verifier/verdict/name-leaves.js';
import { verifyCommand } from './verifier/verify-options.js';

runCommand(
  verifyCommand,
  async (args) => {
    const { values, positionals } = readCommandLine(verifyCommand, args);
    const { campaign, receipt, eligible, key, policy, also, 'stamped-by': stampedBy, json } = values;
    const brought = {
      key: key ?? null,
      policy: policy === undefined ? null : await readText(policy),
      receipts: receipt === undefined ? [] : [parseReceipt(await readText(receipt))],
      also: also === undefined ? [] : [await readText(also)],
      list: eligible === undefined ? null : await readEligibleList(bytesOf(eligible)),
      stamps: stampedBy === undefined ? null : StampAuthorities.parse(await readText(stampedBy)),
    };
    const place = positionals[0] ?? '-';
    const open = (): Promise<LogToCheck> => openSource(place, campaign ?? null);
    const found = await checkLog(await open(), brought);
    const verdict = place === '-' ? found : await nameLeaves(found, open); // what came by a pipe is gone
    if (json) console.log(JSON.stringify(verdict));
    else printVerdict(verdict);
    return exitCodeOf(verdict);
  },
  (error) => error instanceof UnusableInput,
);

async function readText(path: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytesOf(path)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path) as AsyncIterable<Buffer>;
  } catch {
    throw new UnusableInput(`Can't read ${path}.`);
  }
}
