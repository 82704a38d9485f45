import DataLoader from 'dataloader';

interface GatheringOptions {
  /** Batches of one campaign under way at once: while one is answered, the next is gathered. */
  readonly batchesAtOnce: number;
  /** Users in a batch at most. */
  readonly batchSize: number;
}

/** Answers for these users of one campaign, in their order; users may repeat. */
type Batch<Answer> = (campaignId: string, userIds: readonly string[]) => Promise<readonly Answer[]>;

/**
 * Gathers what the users of a campaign ask at about the same time into batches. A batch goes out as soon as there is room for
 * one, with everybody who has come by then: alone when it is quiet, hundreds together in a rush.
 */
export class Gathering<Answer> {
  /** Only of campaigns that somebody waits for an answer about: an id may be anything that stands in a path. */
  private readonly loaders = new Map<string, DataLoader<string, Answer>>();

  constructor(
    private readonly batch: Batch<Answer>,
    private readonly options: GatheringOptions,
  ) {}

  /** Fails with whatever the batch fails with. */
  ask(campaignId: string, userId: string): Promise<Answer> {
    let loader = this.loaders.get(campaignId);
    if (!loader) this.loaders.set(campaignId, (loader = this.createLoader(campaignId)));
    return loader.load(userId);
  }

  private createLoader(campaignId: string): DataLoader<string, Answer> {
    let underWay = 0;
    const queued: (() => void)[] = [];
    const dispatchNext = (): void => {
      if (underWay >= this.options.batchesAtOnce) return;
      const dispatch = queued.shift();
      if (!dispatch) return;
      underWay++;
      setImmediate(dispatch);
    };
    return new DataLoader(
      async (userIds) => {
        try {
          return await this.batch(campaignId, userIds);
        } finally {
          underWay--;
          if (underWay === 0 && queued.length === 0) this.loaders.delete(campaignId);
          dispatchNext();
        }
      },
      {
        cache: false,
        maxBatchSize: this.options.batchSize,
        batchScheduleFn: (dispatch) => {
          queued.push(dispatch);
          dispatchNext();
        },
      },
    );
  }
}
