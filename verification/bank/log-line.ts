import type { FaultKind } from './fault-kinds.js';
import type { Transfer, TransferState } from './transfer.js';

type TransferFacts = Omit<Transfer, 'state' | 'createdAt'>;

/**
 * A line about a transfer. Its new state is the name of the event; else it is `forgotten`: the key's memory ran
 * out and a request under it came, so a new transfer follows; or `key-conflict`: the key came with another body,
 * and the line shows what that one asked for.
 */
export interface TransferEntry extends TransferFacts {
  readonly event: TransferState | 'forgotten' | 'key-conflict';
  /** Of the request's body, in hex: tells a repetition from another request, after a restart too. */
  readonly bodySha256: string;
}

/** The bank misbehaved on purpose. Null is what it did not know then: a page of the statement has no key. */
export type FaultEntry = { readonly [Fact in keyof TransferFacts]: TransferFacts[Fact] | null } & {
  readonly event: 'fault';
  readonly fault: FaultKind;
};

interface Position {
  /** 1, 2, 3, … without a gap. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export type TransferLine = Position & TransferEntry;
export type FaultLine = Position & FaultEntry;

/** One line of the bank's log. */
export type LogLine = TransferLine | FaultLine;
