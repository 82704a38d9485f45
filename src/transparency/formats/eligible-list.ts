import { toBase64 } from './bytes.js';
import { MalformedFormat } from './malformed-format.js';
import { hashLeaf } from './merkle-tree.js';
import { TreeEdge } from './tree-edge.js';

/** The first line of a list of commitments (docs/transparency.md, "The list of who may claim"). */
export const ELIGIBLE_FORMAT = 'seonchak-eligible/v1';

const NAME = 'list of who may claim';
/** 32 bytes in the one form of base64 that they have. */
const COMMITMENT = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;
/** More than a campaign's id or a commitment has. */
const LONGEST_LINE = 100;

/**
 * `eligibleRoot` of docs/transparency.md. 32 bytes.
 * @param commitments C of everybody on the list, in base64, ascending
 */
export function eligibleRoot(commitments: Iterable<string>): Uint8Array {
  const edge = new TreeEdge();
  for (const commitment of commitments) edge.append(hashLeaf(commitment));
  return edge.root();
}

/** What a list says. Nobody has signed it. */
export interface ReadEligibleList {
  readonly campaign: string;
  readonly people: number;
  /** `eligibleRoot`, in base64. */
  readonly root: string;
}

/** Reads a list of commitments, piece by piece. Memory: the right edge of its tree. */
export class EligibleListReader {
  private readonly decoder = new TextDecoder('latin1');
  private readonly edge = new TreeEdge();
  private rest = '';
  private lines = 0;
  private campaign = '';
  private last = '';

  /** @param seen is told each commitment, in order */
  constructor(private readonly seen: (commitment: string) => void = () => undefined) {}

  /** Takes the next bytes of the file. @throws MalformedFormat */
  push(bytes: Uint8Array): void {
    const lines = (this.rest + this.decoder.decode(bytes, { stream: true })).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.line(line);
    if (this.rest.length <= LONGEST_LINE) return;
    if (this.lines === 0) this.line(this.rest);
    throw new MalformedFormat(NAME, 'has a line that is too long');
  }

  /** What the whole file says. @throws MalformedFormat when it ends within a line, or before its second */
  finish(): ReadEligibleList {
    if (this.rest !== '' || this.lines < 2) {
      if (this.lines === 0) this.line(this.rest);
      throw new MalformedFormat(NAME, 'ends within a line: it was cut off');
    }
    return { campaign: this.campaign, people: this.edge.size, root: toBase64(this.edge.root()) };
  }

  private line(text: string): void {
    this.lines += 1;
    if (this.lines === 1) {
      if (text !== ELIGIBLE_FORMAT) throw new MalformedFormat(NAME, `does not begin with ${ELIGIBLE_FORMAT}`);
    } else if (this.lines === 2) {
      this.campaign = text;
    } else {
      this.commitment(text);
    }
  }

  private commitment(text: string): void {
    if (!COMMITMENT.test(text))
      throw new MalformedFormat(NAME, `has no hash in base64 at its line ${this.lines}`);
    if (text <= this.last)
      throw new MalformedFormat(NAME, `is not in ascending order at its line ${this.lines}`);
    this.last = text;
    this.edge.append(hashLeaf(text));
    this.seen(text);
  }
}
