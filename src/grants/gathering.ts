import DataLoader from 'dataloader';
import { unavailable } from '../problems/problem.js';

interface GatheringOptions {
  /** Batches of one campaign under way at once: while one is answered, the next is gathered. */
  readonly batchesAtOnce: number;
  /** Users in a batch at most. */
  readonly batchSize: number;
  /** How long anybody waits, in ms: who has waited longer has been told so, and is left out. */
  readonly patienceMs: number;
}

interface Question {
  readonly userId: string;
  readonly since: number;
}

/** Answers for these users of one campaign, in their order; users may repeat. */
type Batch<Answer> = (campaignId: string, userIds: readonly string[]) => Promise<readonly Answer[]>;

/**
 * Gathers what the users of a campaign ask at about the same time into batches. A batch goes out as soon as there is room for
 * one, with everybody who has come by then: alone when it is quiet, hundreds together in a rush.
 */
export class Gathering<Answer> {
  /** Only of campaigns that somebody waits for an answer about: an id may be anything that stands in a path. */
  private readonly loaders = new Map<string, DataLoader<Question, Answer>>();

  constructor(
    private readonly batch: Batch<Answer>,
    private readonly options: GatheringOptions,
  ) {}

  /** Fails with whatever the batch fails with, or with a Problem 503 when its turn comes too late. */
  ask(campaignId: string, userId: string): Promise<Answer> {
    let loader = this.loaders.get(campaignId);
    if (!loader) this.loaders.set(campaignId, (loader = this.createLoader(campaignId)));
    return loader.load({ userId, since: performance.now() });
  }

  private createLoader(campaignId: string): DataLoader<Question, Answer> {
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
      async (questions) => {
        try {
          return await this.answer(campaignId, questions);
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

  /** Nothing is begun for who has gone: after an overload that is what lets the rest be served at once. */
  private async answer(campaignId: string, questions: readonly Question[]): Promise<(Answer | Error)[]> {
    const oldest = performance.now() - this.options.patienceMs;
    const current = questions.filter(({ since }) => since >= oldest);
    const answers =
      current.length === 0
        ? []
        : await this.batch(
            campaignId,
            current.map(({ userId }) => userId),
          );
    let answered = 0;
    return questions.map(({ since }) =>
      since >= oldest ? (answers[answered++] as Answer) : unavailable('Its turn came too late.'),
    );
  }
}
