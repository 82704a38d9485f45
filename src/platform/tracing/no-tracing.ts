import { type SpanIds, Tracing } from './tracing.js';

const NO_IDS: SpanIds = {};

/** Tracing that is off: the work is done, and nothing else. */
export class NoTracing extends Tracing {
  readonly isOn = false;
  readonly here = undefined;
  readonly ids = NO_IDS;

  run<T>(_name: string, _facts: unknown, work: () => Promise<T>): Promise<T> {
    return work();
  }

  note(): void {
    // There is no span.
  }

  originOf(): undefined {
    return undefined;
  }
}
