/** A rebuild that waits for its turn. */
interface Turn {
  readonly campaignId: string;
  readonly begin: () => void;
}

/**
 * Limits the rebuilds that run at a time: each takes connections, and work of both servers. Those that claims wait for
 * go first, so that a campaign in a rush does not wait behind a hundred that nobody asks for.
 */
export class RebuildTurns {
  private running = 0;
  private urgent: Turn[] = [];
  private patient: Turn[] = [];

  /** @param atOnce at least 1 */
  constructor(private readonly atOnce: number) {}

  /** Runs `work` when its turn has come. */
  async take<T>(campaignId: string, isUrgent: boolean, work: () => Promise<T>): Promise<T> {
    if (this.running >= this.atOnce) {
      await new Promise<void>((begin) => {
        (isUrgent ? this.urgent : this.patient).push({ campaignId, begin });
      });
    } else {
      this.running++;
    }
    try {
      return await work();
    } finally {
      const next = this.urgent.shift() ?? this.patient.shift();
      if (next) next.begin();
      else this.running--;
    }
  }

  /** Makes the rebuild of this campaign urgent if it waits, because claims have come for it. */
  hurry(campaignId: string): void {
    const turn = this.patient.find((waiting) => waiting.campaignId === campaignId);
    if (!turn) return;
    this.patient = this.patient.filter((waiting) => waiting !== turn);
    this.urgent.push(turn);
  }
}
