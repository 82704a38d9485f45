import { formatVerifierKey, parseSignerKey } from '../../src/transparency/formats/note-key.js';
import { CheckpointFile } from '../../src/transparency/log/checkpoint-file.js';
import { makeLogKeys } from '../../src/transparency/log/new-keys.js';
import { parseCheckpoint } from '../../src/transparency/formats/checkpoint.js';
import { parseNote, verifyNote } from '../../src/transparency/formats/signed-note.js';
import { hashLeaf } from '../../src/transparency/formats/merkle-tree.js';
import { equalBytes, toBase64 } from '../../src/transparency/formats/bytes.js';
import { TreeEdge } from '../../src/transparency/formats/tree-edge.js';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KnownRoots } from '../../verification/verifier/log/known-roots.js';
import { LogCheck } from '../../verification/verifier/log/log-check.js';
import { TimeBounds } from '../../verification/verifier/log/time-bounds.js';
import { eventually } from './eventually.js';
import type { World } from './world.js';

/** The variables of a log of its own. */
export function logVariables(): Readonly<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'seonchak-log-'));
  return { ...makeLogKeys('test.example/log'), TRANSPARENCY_CHECKPOINT_FILE: join(folder, 'checkpoint') };
}

/** Reads the log of a world as its tables have it, and checks that what is published is the tree of its leaves. */
export class LogReader {
  constructor(private readonly world: World) {}

  /** All leaves, in order. */
  async leaves(): Promise<string[]> {
    const found = await this.world.rows<{ leaf: string }>('SELECT leaf FROM log_leaves ORDER BY log_index');
    return found.map(({ leaf }) => leaf);
  }

  /** Waits until the log has begun: it knows only claims in campaigns that were created later. */
  async begun(): Promise<void> {
    await eventually(async () => expect(await this.leaves()).not.toEqual([]));
  }

  /** The leaves of a campaign without their hashes and times, once the last one is of this kind. */
  async leavesUpTo(kind: string, campaign: string): Promise<string[]> {
    return eventually(async () => {
      const leaves = await this.leavesOf(campaign);
      expect(leaves.at(-1)?.split(' ')[0]).toBe(kind);
      return leaves;
    });
  }

  /** Waits until a campaign has all these leaves, without hashes and times, in any order. */
  async has(campaign: string, leaves: readonly string[]): Promise<void> {
    await eventually(async () =>
      expect(await this.leavesOf(campaign)).toEqual(expect.arrayContaining([...leaves])),
    );
  }

  /** Waits until the log of a campaign has begun. */
  async knows(campaign: string): Promise<void> {
    await eventually(async () => expect(await this.leavesOf(campaign)).not.toEqual([]));
  }

  private async leavesOf(campaign: string): Promise<string[]> {
    const lines = (await this.leaves()).filter((line) => line.split(' ')[2] === campaign);
    return lines.map(brief);
  }

  /** The checkpoint that is kept outside of Postgres; null before the first. */
  kept(): Promise<string | null> {
    return new CheckpointFile(this.world.variables.TRANSPARENCY_CHECKPOINT_FILE ?? '').read();
  }

  /** Checks that a checkpoint is of the beginning of the log as it is now. */
  async expectBeginning(checkpoint: string): Promise<void> {
    const { size, root } = parseCheckpoint(parseNote(checkpoint).text);
    const edge = new TreeEdge();
    for (const line of (await this.leaves()).slice(0, size)) edge.append(hashLeaf(Buffer.from(line)));
    expect({ size: edge.size, root: toBase64(edge.root()) }).toEqual({ size, root: toBase64(root) });
  }

  /**
   * The published size, once everything is published; its checkpoint is checked against the leaves.
   * @param broken what the verifier finds, as `campaign: rule` with what was said, in order
   */
  async published(broken: readonly string[] = []): Promise<number> {
    return eventually(async () => {
      const [state] = await this.world.rows<{ size: string; checkpoint: string; checkpoint_size: string }>(
        'SELECT size, checkpoint, checkpoint_size FROM log_state',
      );
      expect(state?.checkpoint_size).toBe(state?.size);
      const note = parseNote(state?.checkpoint ?? '');
      const key = parseSignerKey(this.world.variables.TRANSPARENCY_KEY ?? '');
      expect(verifyNote(note, [key])).toHaveLength(1);
      const { size, root, origin } = parseCheckpoint(note.text);
      expect(formatVerifierKey(key).split('+')[0]).toBe(origin);
      const edge = new TreeEdge();
      const leaves = (await this.leaves()).slice(0, size);
      for (const line of leaves) edge.append(hashLeaf(Buffer.from(line)));
      expect(brokenRules(leaves)).toEqual(broken);
      expect(toBase64(edge.root())).toBe(toBase64(root));
      expect(equalBytes(edge.root(), root)).toBe(true);
      return size;
    });
  }
}

/** The rules that the verifier, which shares no code with the log's writer, finds broken in a log. */
function brokenRules(leaves: readonly string[]): string[] {
  const check = new LogCheck({
    campaign: null,
    roots: new KnownRoots([]),
    bounds: new TimeBounds([]),
    watches: [],
  });
  for (const leaf of leaves) check.leaf(leaf);
  const found = [check, ...check.campaigns.values()].flatMap((checked) =>
    checked.findings.violations.kept.map(({ name, found: said }) => {
      const about = 'campaign' in checked ? checked.campaign : 'log';
      return `${about}: ${name}${said === null ? '' : ` ${said}`}`;
    }),
  );
  return found.sort();
}

/** Kind, arrival number or what else tells a leaf from another of its kind, and slot. */
function brief(line: string): string {
  const [, kind = '', , ...fields] = line.split(' ');
  const shown: Readonly<Record<string, readonly number[]>> = {
    ...{ terms: [0, 1], epoch: [1], claim: [1, 3], full: [1], promote: [0, 1], paid: [0, 1], lost: [1, 2] },
    ...{ failed: [0, 1, 2], revoked: [0, 1], reversed: [0, 1, 2], left: [0], ended: [0], state: [0, 5] },
    ...{ end: [0, 1, 2, 3, 4], stopped: [0], restored: [0, 1] },
  };
  return [kind, ...(shown[kind] ?? []).map((place) => fields[place])].join(' ');
}
