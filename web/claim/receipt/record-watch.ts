import type { Proof } from '../service/answers.js';
import type { Service } from '../service/service.js';

/** Before each question, drawn: whoever claimed in one second must not ask in one second. */
const PAUSE_MS = { from: 15_000, to: 45_000 } as const;

/** Asks the service, in no hurry, where the public record has a claim, until it has it or never will. */
export class RecordWatch {
  /** Of the claim that is watched. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly service: Service) {}

  /** @param onFound called once, with the index of the claim's leaf */
  begin(onFound: (place: number) => void, retryAfterMs = 0): void {
    this.stop();
    const pauseMs = PAUSE_MS.from + Math.random() * (PAUSE_MS.to - PAUSE_MS.from);
    this.#timer = setTimeout(() => void this.#ask(onFound), Math.max(pauseMs, retryAfterMs));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #ask(onFound: (place: number) => void): Promise<void> {
    const timer = this.#timer;
    const answer = document.hidden ? null : await this.service.proof();
    if (timer !== this.#timer) return;
    if (answer?.status === 200) onFound(placeIn(answer.body as unknown as Proof));
    else if (!answer || answer.retryAfterMs !== null || answer.status >= 500)
      this.begin(onFound, answer?.retryAfterMs ?? 0);
  }
}

/** The index in the log. */
function placeIn({ proofs }: Proof): number {
  return Number(/^index (\d+)$/m.exec(proofs[0]?.proof ?? '')?.[1]);
}
