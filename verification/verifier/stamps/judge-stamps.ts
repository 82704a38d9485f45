import { utf8 } from '../../../src/transparency/formats/bytes.js';
import type { JudgedCheckpoint } from '../log/judged-checkpoint.js';
import { UnusableInput } from '../unusable-input.js';
import type { HeldStamp, Stamp, StampJudge } from './stamp.js';

/** What a reader's authorities say of the stamps in a proof. */
export interface JudgedStamps {
  readonly held: readonly HeldStamp[];
  /** Sizes of checkpoints whose stamp is none of theirs. */
  readonly wrong: readonly number[];
  /** Whether there are stamps that nobody judged: the reader named no authority, or others. */
  readonly areLeft: boolean;
}

/**
 * Judges all stamps of a proof.
 * @param judge null: the reader named no authority
 * @throws UnusableInput for a stamp of a checkpoint that the proof does not have
 */
export async function judgeStamps(
  stamps: readonly Stamp[],
  checkpoints: readonly JudgedCheckpoint[],
  judge: StampJudge | null,
): Promise<JudgedStamps> {
  const held: HeldStamp[] = [];
  const wrong: number[] = [];
  let areLeft = false;
  for (const { size, token } of stamps) {
    const checkpoint = checkpoints.find((stamped) => stamped.size === size);
    if (!checkpoint)
      throw new UnusableInput(`A time stamp is of a checkpoint of ${size} leaves, which is not there.`);
    const verdict = judge ? await judge.judge(token, utf8(checkpoint.text)) : 'unknown';
    if (verdict === 'wrong') wrong.push(size);
    else if (verdict === 'unknown') areLeft = true;
    else held.push({ size, ...verdict });
  }
  return { held, wrong, areLeft };
}
