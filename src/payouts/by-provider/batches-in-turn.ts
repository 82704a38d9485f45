interface Asked<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Works on items in batches, one after the other: what is asked for while a batch is under way makes up the next one.
 * Whoever asks while nothing else is asked for waits for nobody.
 */
export class BatchesInTurn<Item, Result> {
  private waiting: Asked<Item, Result>[] = [];
  private isWorking = false;

  /** @param work on a batch; results are in the order of the items */
  constructor(private readonly work: (items: readonly Item[]) => Promise<readonly Result[]>) {}

  /** Fails with whatever the batch of this item fails with. */
  ask(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.isWorking) return;
      this.isWorking = true;
      setImmediate(() => void this.workOff()); // with everything that is asked for by then
    });
  }

  private async workOff(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        const results = await this.work(batch.map(({ item }) => item));
        batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.isWorking = false;
  }
}
