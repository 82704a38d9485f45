import type { Answer } from '../../checker/history-recorder.js';

const mostExamples = 10;

/** Answers that no client should get, whatever is broken behind the API. */
export class Complaints {
  private readonly examples: string[] = [];
  private count = 0;

  add(sentence: string): void {
    if (++this.count <= mostExamples) this.examples.push(sentence);
  }

  /** Of 5xx, the API defines only 503. The proxies send no HTTP answers of their own. */
  unexpected(op: string, { status, body }: Answer): void {
    this.add(`a ${op} was answered ${status}: ${JSON.stringify(body)}`);
  }

  get all(): string[] {
    const more = this.count - this.examples.length;
    return more > 0 ? [...this.examples, `and ${more} more`] : this.examples;
  }
}
