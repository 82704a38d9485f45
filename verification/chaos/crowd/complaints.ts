import type { Answer } from '../../checker/history-recorder.js';

const mostExamples = 10;

/** What no client should meet, whatever is broken behind the API. */
export class Complaints {
  private readonly examples: string[] = [];
  private count = 0;

  add(sentence: string): void {
    if (++this.count <= mostExamples) this.examples.push(sentence);
  }

  /** Of 5xx only 503 is part of the API; a proxy in between makes none of its own. */
  unexpected(op: string, { status, body }: Answer): void {
    this.add(`a ${op} was answered ${status}: ${JSON.stringify(body)}`);
  }

  get all(): string[] {
    const more = this.count - this.examples.length;
    return more > 0 ? [...this.examples, `and ${more} more`] : this.examples;
  }
}
