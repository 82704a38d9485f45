interface Asked<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/** Bounds of the work of `BatchesInTurn`. */
interface Limits<Item> {
  /** Batches under way at once. */
  readonly atOnce: number;
  /** Most that the items of a batch weigh together; an item that weighs more goes alone. */
  readonly batchWeight: number;
  readonly weigh: (item: Item) => number;
}

const ONE_AFTER_THE_OTHER: Limits<unknown> = { atOnce: 1, batchWeight: Infinity, weigh: () => 1 };

/**
 * Works on items in batches: what is asked for while there is no room for another batch makes up the next one. Whoever
 * asks while nothing else is asked for waits for nobody.
 */
export class BatchesInTurn<Item, Result> {
  private readonly waiting: Asked<Item, Result>[] = [];
  private underWay = 0;
  /** Whether a batch is about to be taken from those that wait. */
  private isDue = false;

  /** @param work on a batch; results are in the order of the items */
  constructor(
    private readonly work: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly limits: Limits<Item> = ONE_AFTER_THE_OTHER,
  ) {}

  /** Fails with whatever the batch of this item fails with. */
  ask(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.begin();
    });
  }

  /** Begins a batch with everything that is asked for by the next iteration of the event loop. */
  private begin(): void {
    if (this.isDue || this.waiting.length === 0 || this.underWay >= this.limits.atOnce) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      void this.workOff();
    });
  }

  private async workOff(): Promise<void> {
    this.underWay++;
    while (this.waiting.length > 0) {
      const batch = this.take();
      this.begin(); // what did not fit into this batch
      try {
        const results = await this.work(batch.map(({ item }) => item));
        batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.underWay--;
  }

  private take(): Asked<Item, Result>[] {
    const { batchWeight, weigh } = this.limits;
    let count = 0;
    for (let weight = 0; count < this.waiting.length; count++) {
      const next = this.waiting[count];
      if (next) weight += weigh(next.item);
      if (count > 0 && weight > batchWeight) break;
    }
    return this.waiting.splice(0, count);
  }
}
