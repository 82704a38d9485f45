import { withinDeadline } from '../../platform/lifecycle/within-deadline.js';
import type { AttentionItem } from './attention-code.js';

/** A part of what waits for a human, which neither fails nor holds up the others. */
export class AttentionPart {
  private reading: Promise<AttentionItem[]> | undefined;

  constructor(private readonly find: () => Promise<AttentionItem[]>) {}

  /**
   * @param ms after which this call fails; the reading goes on, and until it ends, later calls wait for it
   * @throws the driver's error, or that of `withinDeadline`
   */
  read(ms: number): Promise<AttentionItem[]> {
    this.reading ??= this.find().finally(() => (this.reading = undefined));
    return withinDeadline(this.reading, ms);
  }
}
