import type { FaultKind } from './fault-kinds.js';
import type { Transfer, TransferState } from './transfer.js';

type TransferFacts = Omit<Transfer, 'state' | 'createdAt'>;

/**
 * A line about a transfer. The event is the new state of the transfer; or `forgotten`: a request came under a key that
 * is no longer remembered, so a new transfer follows; or `key-conflict`: the key came with another body, and the line
 * holds that request.
 */
export interface TransferEntry extends TransferFacts {
  readonly event: TransferState | 'forgotten' | 'key-conflict';
  /** Hash of the request's body, in hex. Distinguishes a repetition from a different request, also after a restart. */
  readonly bodySha256: string;
}

/** A deliberate fault. Unknown fields are null: a page of the statement has no key. */
export type FaultEntry = { readonly [Fact in keyof TransferFacts]: TransferFacts[Fact] | null } & {
  readonly event: 'fault';
  readonly fault: FaultKind;
};

interface Position {
  /** 1, 2, 3, … without gaps. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export type TransferLine = Position & TransferEntry;
export type FaultLine = Position & FaultEntry;

/** One line of the bank's log. */
export type LogLine = TransferLine | FaultLine;
