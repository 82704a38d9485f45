import { fromBase64, hashFromBase64 } from '../../../src/transparency/formats/bytes.js';
import type { TreeSink } from '../log/tree-sink.js';
import type { Stamp } from '../stamps/stamp.js';
import { UnusableInput, usable } from '../unusable-input.js';

export const PROOF_FORMAT = 'seonchak-proof/v1';

/** The second line of a proof. */
export interface ProofHead {
  readonly origin: string;
  readonly campaign: string;
  readonly logKey: string;
  readonly policy: string | null;
  /** The last one is that of the file. */
  readonly checkpoints: readonly string[];
  /** Of some of them; a proof that is older than time stamps has none. */
  readonly stamps: readonly Stamp[];
}

/** A proof of one campaign that is being read: its head is known, its tree comes line by line. */
export class ProofFile {
  private constructor(
    readonly head: ProofHead,
    private readonly batches: AsyncIterator<readonly string[]>,
    private readonly first: readonly string[],
  ) {}

  /** @throws UnusableInput when it is none */
  static async open(lines: AsyncIterable<readonly string[]>): Promise<ProofFile> {
    const batches = lines[Symbol.asyncIterator]();
    const read: string[] = [];
    while (read.length < 2) {
      const batch = await batches.next();
      if (batch.done) break;
      read.push(...batch.value);
    }
    const [format, head, ...rest] = read;
    if (format !== PROOF_FORMAT)
      throw new UnusableInput(`This is no proof: it does not begin with ${PROOF_FORMAT}.`);
    return new ProofFile(readHead(head ?? ''), batches, rest);
  }

  /** Hands on the tree, from left to right. @throws UnusableInput for a line of another form */
  async giveTo(sink: TreeSink): Promise<void> {
    for (const line of this.first) give(line, sink);
    for (let batch = await this.batches.next(); !batch.done; batch = await this.batches.next())
      for (const line of batch.value) give(line, sink);
  }
}

const NODE = /^n (0|[1-9][0-9]?) (\S+)$/;
const HIGHEST_LEVEL = 52;
const NOT_CANONICAL =
  'The second line of the proof is JSON in another form than its one: with spaces, or with a member twice.';

function give(line: string, sink: TreeSink): void {
  if (line.startsWith('l ')) {
    sink.leaf(line.slice(2));
    return;
  }
  const [, level, hash] = NODE.exec(line) ?? [];
  if (level === undefined || hash === undefined || Number(level) > HIGHEST_LEVEL)
    throw new UnusableInput(`This is no line of a proof: ${line.slice(0, 100)}`);
  sink.subtree(
    Number(level),
    usable(() => hashFromBase64(hash, 'proof')),
  );
}

function readHead(line: string): ProofHead {
  const head = parseObject(line);
  const { origin, campaign, logKey, policy, checkpoints, stamps = [] } = head;
  if (typeof origin !== 'string' || typeof campaign !== 'string' || typeof logKey !== 'string')
    throw new UnusableInput('The head of the proof lacks its origin, its campaign or its key.');
  if (policy !== null && typeof policy !== 'string')
    throw new UnusableInput('The policy in the head of the proof is neither a text nor null.');
  if (!Array.isArray(checkpoints) || checkpoints.length === 0 || !checkpoints.every(isText))
    throw new UnusableInput('The head of the proof has no checkpoints.');
  if (!Array.isArray(stamps)) throw new UnusableInput('The stamps in the head of the proof are no list.');
  return { origin, campaign, logKey, policy, checkpoints, stamps: stamps.map(readStamp) };
}

function readStamp(stamp: { readonly size?: unknown; readonly token?: unknown } | null): Stamp {
  const { size, token } = stamp ?? {};
  if (typeof size !== 'number' || typeof token !== 'string')
    throw new UnusableInput('A stamp in the head of the proof lacks its size or its token.');
  return { size, token: usable(() => fromBase64(token, 'time stamp')) };
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(line);
    // Its one form: of a member that is there twice, programs take different ones.
    if (JSON.stringify(parsed) !== line) throw new UnusableInput(NOT_CANONICAL);
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch (error) {
    if (error instanceof UnusableInput) throw error; // else the sentence below says it
  }
  throw new UnusableInput('The second line of the proof is no JSON object.');
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
