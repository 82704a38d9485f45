import { MalformedFormat } from './malformed-format.js';

/** A line that is no leaf of this log's format. */
export class MalformedLeaf extends MalformedFormat {
  /** @param reason ends the sentence "The leaf …" */
  constructor(reason: string, line: string) {
    super('leaf', `${reason}: ${line.slice(0, 200)}`);
    this.name = 'MalformedLeaf';
  }
}
