import { unavailable } from '../problems/problem.js';
import { onceArrivalsPause } from './arrivals.js';

interface GatheringOptions {
  /** Batches of one topic under way at once: while one is answered, the next is gathered. */
  readonly batchesAtOnce: number;
  /** Most names in a batch. */
  readonly batchSize: number;
  /** How long a request waits for its batch to begin, in ms. */
  readonly patienceMs: number;
  /** Most requests that may wait at once, of all topics. */
  readonly mostAtOnce: number;
  /** Called for each request that is turned away. */
  readonly onShed: (topic: string) => void;
  /** Fewer wait as long as the event loop brings further requests (`arrivals.ts`). Without it, nobody does. */
  readonly enoughAtOnce?: number;
  /** Without it, a batch begins as soon as there is room for one. */
  readonly pace?: GatheringPace;
}

/** How long a batch waits for company: what it costs by itself is then shared by more requests. */
interface GatheringPace {
  /** Least time from the beginning of a batch of a topic to that of its next one, in ms. */
  readonly everyMs: number;
  /** So many requests need not wait for others. */
  readonly enough: number;
}

interface Question<Answer> {
  readonly name: string;
  readonly origin: string | undefined;
  readonly since: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

/** The requests that wait for an answer about one topic, in the order in which they came. */
interface Crowd<Answer> {
  readonly queue: Question<Answer>[];
  /** The first of each batch under way. */
  readonly underWay: Set<Question<Answer>>;
  /** Queued and under way. */
  size: number;
  /** Whether a batch is about to be taken from the queue. */
  isDue: boolean;
  /** Before, a batch that is small waits (`GatheringPace`); by `performance.now()`. */
  pausesUntil: number;
  /** Set while a batch waits. */
  pause: NodeJS.Timeout | undefined;
}

/**
 * Answers for these names in one topic, in their order; names may repeat.
 * @param origins what `ask` was told about the origins of their requests
 */
export type Batch<Answer> = (
  topic: string,
  names: readonly string[],
  origins: () => readonly (string | undefined)[],
) => Promise<readonly Answer[]>;

/** Share of the patience. Once a request has waited for that long, a new one would hardly be answered in time. */
const BEHIND_AFTER = 0.5;

/** How often overdue requests are looked for. */
const SWEEP_MS = 50;

/**
 * Sent before anything is looked at, so that they cost next to nothing. The more requests wait, the later a client may
 * come back.
 */
const OVERLOADED = [3, 4, 5, 6, 7, 8, 9, 10].map((to) =>
  unavailable('There are more requests than can be answered in time.', undefined, { from: 1, to }),
);

/**
 * Gathers requests about one topic (a campaign, say) that come at about the same time into batches; each names
 * somebody. A batch starts as soon as there is room for one, with every request that has come by then: a single one
 * when it is quiet, hundreds in a rush.
 *
 * Overload shows as waiting, whatever is slow, so the wait of the oldest request decides whether another one is let in.
 * No topic holds more requests than there is room left for others. Each is judged by itself: a rebuild of one gate does
 * not turn requests for another campaign away.
 */
export class Gathering<Answer> {
  /** Only of topics with waiting requests, or with a pause: a campaign's id may be anything that fits into a path. */
  private readonly crowds = new Map<string, Crowd<Answer>>();
  private size = 0;
  private sweeper: NodeJS.Timeout | undefined;

  constructor(
    private readonly batch: Batch<Answer>,
    private readonly options: GatheringOptions,
  ) {}

  /**
   * Costs next to nothing, so it is called before anything else.
   * @throws Problem 503 when turning this request away serves all others better: some have waited for too long already,
   *   or too many wait
   */
  admit(topic: string): void {
    const crowd = this.crowds.get(topic);
    const free = this.options.mostAtOnce - this.size;
    if (free > 0 && (!crowd || (crowd.size < free && !this.isBehind(crowd)))) return;
    this.options.onShed(topic);
    const fullness = this.size / this.options.mostAtOnce;
    throw OVERLOADED[Math.floor(fullness * (OVERLOADED.length - 1))] ?? unavailable('No request is let in.');
  }

  /**
   * Fails with whatever the batch fails with, as `admit` does, or with a Problem 503 when its turn does not come in
   * time.
   * @param origin where the request comes from (`Tracing.originOf`), for the batch
   */
  ask(topic: string, name: string, origin?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.admit(topic);
      let crowd = this.crowds.get(topic);
      if (!crowd) {
        crowd = {
          ...{ queue: [], underWay: new Set(), size: 0, isDue: false },
          ...{ pausesUntil: 0, pause: undefined },
        };
        this.crowds.set(topic, crowd);
      }
      crowd.queue.push({ name, origin, since: performance.now(), resolve, reject });
      crowd.size++;
      this.size++;
      this.sweeper ??= setInterval(() => this.sweep(), SWEEP_MS);
      this.begin(topic, crowd);
    });
  }

  private isBehind({ queue, underWay }: Crowd<Answer>): boolean {
    const longest = performance.now() - BEHIND_AFTER * this.options.patienceMs;
    for (const first of underWay) if (first.since < longest) return true;
    return queue[0] !== undefined && queue[0].since < longest;
  }

  /**
   * Starts a batch in the next iteration of the event loop, with every request that comes until then; later if more
   * arrive meanwhile, or after a pause.
   */
  private begin(topic: string, crowd: Crowd<Answer>): void {
    if (crowd.isDue || crowd.queue.length === 0 || crowd.underWay.size >= this.options.batchesAtOnce) return;
    if (crowd.queue.length < (this.options.pace?.enough ?? 0)) {
      const pauseMs = crowd.pausesUntil - performance.now();
      if (pauseMs > 0) {
        crowd.pause ??= setTimeout(() => {
          crowd.pause = undefined;
          this.begin(topic, crowd);
        }, Math.ceil(pauseMs));
        return;
      }
    }
    crowd.isDue = true;
    const begin = (): void => {
      crowd.isDue = false;
      void this.answer(topic, crowd);
    };
    onceArrivalsPause(() => crowd.queue.length, this.options.enoughAtOnce ?? 0, begin);
  }

  private async answer(topic: string, crowd: Crowd<Answer>): Promise<void> {
    this.dropLate(topic, crowd);
    const questions = crowd.queue.splice(0, this.options.batchSize);
    const first = questions[0];
    if (!first) return;
    crowd.underWay.add(first);
    if (this.options.pace) crowd.pausesUntil = performance.now() + this.options.pace.everyMs;
    this.begin(topic, crowd); // requests that did not fit into this batch
    try {
      const answers = await this.batch(
        topic,
        questions.map(({ name }) => name),
        () => questions.map(({ origin }) => origin),
      );
      questions.forEach(({ resolve }, i) => resolve(answers[i] as Answer));
    } catch (error) {
      for (const { reject } of questions) reject(error);
    } finally {
      crowd.underWay.delete(first);
      this.forget(topic, crowd, questions.length);
      this.begin(topic, crowd);
    }
  }

  /** Starts nothing for clients that have gone: after an overload, this lets the others be served at once. */
  private dropLate(topic: string, crowd: Crowd<Answer>): void {
    const oldest = performance.now() - this.options.patienceMs;
    let late = 0;
    while ((crowd.queue[late]?.since ?? Infinity) < oldest) late++;
    if (late === 0) return;
    for (const { reject } of crowd.queue.splice(0, late))
      reject(unavailable('The request waited too long for its turn.'));
    this.forget(topic, crowd, late);
  }

  private forget(topic: string, crowd: Crowd<Answer>, count: number): void {
    crowd.size -= count;
    this.size -= count;
    this.forgetIfOver(topic, crowd);
  }

  private forgetIfOver(topic: string, crowd: Crowd<Answer>): void {
    if (crowd.size === 0 && crowd.pausesUntil <= performance.now()) this.crowds.delete(topic);
  }

  /** Drops overdue requests behind stuck batches, too, to make room for others. */
  private sweep(): void {
    for (const [topic, crowd] of this.crowds) {
      this.dropLate(topic, crowd);
      this.forgetIfOver(topic, crowd);
    }
    if (this.crowds.size > 0) return;
    clearInterval(this.sweeper);
    this.sweeper = undefined;
  }
}
