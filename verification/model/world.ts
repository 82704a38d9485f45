import { Bytes, type Cells } from './cells.js';
import type { Flaw, Rule, Mutation } from './rules.js';

/**
 * The parameters of a configuration: the size of the campaign, the participants, and how often each fault may happen.
 */
export interface Shape {
  /** Users 1..users. Payouts to users in `rejecting` may be rejected. */
  readonly users: number;
  readonly rejecting?: readonly number[];
  readonly capacity: number;
  readonly waiting: number;
  readonly apis: number;
  /** Instances of the worker role: each pays and reaps. */
  readonly workers: number;
  /** Whether money moves inside Postgres or across a network. */
  readonly provider?: 'ledger' | 'bank';
  readonly keysAreForgotten?: boolean;
  readonly closes?: boolean;
  /** Whether newcomers are refused for a while. */
  readonly pauses?: boolean;
  /** Whether settled payouts come back, and what then happens to the grant. */
  readonly reverses?: 'keep' | 'regrant';
  /** Whether a database is set back to a copy that is younger than a round. */
  readonly copyIsYoung?: boolean;
  /** Whether people leave the line, and operators revoke grants. */
  readonly gives?: boolean;
  /** Whether operators stop payouts for a while. */
  readonly stops?: boolean;
  /** Whether a worker pays only after a ring; else it may start at any time. */
  readonly rings?: boolean;
  /** Whether a request to the bank may fail in a way that certainly did not send it. */
  readonly mayNotBeSent?: boolean;
  /** Whether Redis has room for only one gate. */
  readonly isTight?: boolean;
  /** Whether the campaign may be finished and its gate retired. */
  readonly finishes?: boolean;
  /** Whether people who have an answer ask again. */
  readonly asksAgain?: boolean;
  readonly faults?: Partial<Record<Fault, number>>;
}

/** The faults, each as often as the configuration says. */
export const FAULTS = [
  'crash',
  'lostReply',
  'givesUp',
  'emptied',
  'flushed',
  'scriptsLost',
  'restoredOld',
  'lockLost',
  'partLost',
  'setBack',
  'promoted',
] as const;
export type Fault = (typeof FAULTS)[number];

/** The state of a user, seen from outside. */
export const CLIENT = {
  never: 0,
  asks: 1,
  hasPlace: 2,
  soldOut: 3,
  closed: 4,
  gone: 5,
  asksAgain: 6,
  left: 7,
} as const;
/** Whether a copy of the database exists, or has replaced it. */
export const COPIED = 1;
export const RESTORED = 2;
/** The state of a campaign. */
export const STATE = { open: 0, closed: 1, paused: 2 } as const;
/** `user_grants.status`, or none. */
export const GRANT = { none: 0, pending: 1, success: 2, failed: 3 } as const;
/**
 * `waiting_entries`: none, one that counts unless its user has a grant (R8), one with `ended_at`, one that was left.
 */
export const ENTRY = { none: 0, waiting: 1, ended: 2, left: 3 } as const;
/** The state of a claim at the gate. */
export const CLAIM = { none: 0, processing: 1, settled: 2, failed: 3, waiting: 4, ended: 5 } as const;

/** The keys of one gate. */
export interface Gate {
  /** epoch 0: no gate. `sameServer`: whether runId is that of the running server. */
  readonly facts: Cells<'epoch' | 'state' | 'arrivalNo' | 'rebuiltUpTo' | 'sameServer'>;
  /**
   * `damaged`: lost parts as bits, known by their counts; `isDropped`: only the epoch is left; `round` and `database`
   * as noted.
   */
  readonly marks: Cells<'damaged' | 'isDropped' | 'round' | 'database'>;
  readonly available: Uint8Array;
  readonly processing: Uint8Array;
  readonly holder: Uint8Array;
  readonly claim: Uint8Array;
  readonly arrivalNo: Uint8Array;
  readonly slot: Uint8Array;
  readonly line: Uint8Array;
  readonly lineLease: Uint8Array;
  /** All of the above. */
  readonly bytes: Uint8Array;
}

/** What an instance knows of the gate, and its rebuild, if any. */
export interface Keeper {
  readonly memory: Cells<
    | 'trusted'
    | 'condemned'
    | 'rebuild'
    | 'hasLock'
    | 'epoch'
    | 'sameServer'
    | 'state'
    | 'isStaged'
    | 'lastArrivalNo'
  >;
  /** The staging copy: claim and slot of each user. */
  readonly claim: Uint8Array;
  readonly slot: Uint8Array;
}

/** An instance of the api role, with one request at a time. */
export interface Api extends Keeper {
  readonly request: Cells<
    | 'step'
    | 'user'
    | 'epoch'
    | 'arrivalNo'
    | 'slot'
    | 'lastArrivalNo'
    | 'rebuiltUpTo'
    | 'ahead'
    | 'isKnown'
    | 'isOrphan'
  >;
  /** The “full” whose places were found durable. */
  readonly confirmed: Cells<'epoch' | 'arrivalNo'>;
  readonly bytes: Uint8Array;
}

/** The state of one of the worker's two tasks. `slot` 0: a place in the line. */
export type Task = Cells<'step' | 'user' | 'slot' | 'arrivalNo' | 'epoch' | 'outcome'>;

export interface Worker extends Keeper {
  /** Whether it is handling a ring. */
  readonly rung: Cells<'isRung'>;
  readonly paying: Task;
  readonly reaping: Task;
  readonly bytes: Uint8Array;
}

/** The part of Postgres that a copy holds, including the ledger's money. */
export interface OlderRows {
  readonly campaign: Cells<'epoch' | 'state'>;
  readonly grant: Uint8Array;
  readonly slot: Uint8Array;
  readonly arrivalNo: Uint8Array;
  readonly entry: Uint8Array;
  readonly attempted: Uint8Array;
  readonly moved: Uint8Array;
}

/**
 * One state of everything, as named bytes. There is one object; the explorer writes state after state into it. Users,
 * slots, arrivals and epochs count from 1, and 0 is none. Index 0 of a list is unused.
 */
export class World {
  readonly clients: {
    readonly told: Uint8Array;
    /** The users, as bits, who had been told their place when this user first asked. */
    readonly answeredBefore: Uint8Array;
  };
  readonly postgres: {
    readonly campaign: Cells<'epoch' | 'state'>;
    readonly grant: Uint8Array;
    readonly slot: Uint8Array;
    readonly arrivalNo: Uint8Array;
    readonly entry: Uint8Array;
    /** Whether an attempt to pay is recorded. */
    readonly attempted: Uint8Array;
    /** Whether a payout came back. */
    readonly reversed: Uint8Array;
    /**
     * `stopped`, `finished`; `ending`: users that an uncommitted END found in the line (bits); `round` and `database`:
     * this database's round and identity; `knowsLoss`: it is recorded that the database was set back.
     */
    readonly marks: Cells<'stopped' | 'finished' | 'ending' | 'round' | 'database' | 'knowsLoss'>;
    /** Whether a copy was made (1) or has replaced the database (2); `unnoticed`: no instance has noticed yet. */
    readonly copied: Cells<'state' | 'unnoticed'>;
  };
  /** The copy of the database. */
  readonly olderRows: OlderRows | null;
  /** `isWaiting`: a ring for this campaign waits; `key`: no other is added. */
  readonly doorbell: Cells<'isWaiting' | 'key'>;
  readonly gate: Gate;
  /** The gate in a snapshot, or on a replica that is behind. */
  readonly older: Gate | null;
  readonly redis: Cells<'isLoaded' | 'hasSnapshot'>;
  readonly apis: readonly Api[];
  readonly workers: readonly Worker[];
  readonly provider: {
    /** The number of requests that the provider has not received yet. */
    readonly onTheirWay: Uint8Array;
    /** 0 (none), GRANT.success or GRANT.failed. */
    readonly outcome: Uint8Array;
    readonly moved: Uint8Array;
    /** 1: Seonchak may not send under this key any more; 2: the provider has forgotten it. */
    readonly memory: Uint8Array;
  };
  readonly left: Cells<Fault>;
  /** The state itself: `words` and `bytes` are the same memory. */
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
  /** The promise that the last step broke, if any. Not part of the state. */
  broken: string | null = null;

  private readonly epochs: readonly number[];

  constructor(
    readonly shape: Shape,
    private readonly flaw: Flaw | null,
  ) {
    const { users, capacity } = shape;
    const buffer = new ArrayBuffer(1024);
    const bytes = new Bytes(buffer);
    // Fields that a configuration does not use stay 0 and are not part of its states.
    const unused = new Bytes(new ArrayBuffer(256));
    const where = (isUsed: unknown): Bytes => (isUsed ? bytes : unused);
    const { faults = {}, reverses, stops, rings, finishes, isTight } = shape;
    const isCopied = [faults.setBack, faults.promoted].some(Boolean);
    this.clients = { told: bytes.list(users), answeredBefore: bytes.list(users) };
    this.postgres = {
      campaign: bytes.named('epoch', 'state'),
      grant: bytes.list(users),
      slot: bytes.list(users),
      arrivalNo: bytes.list(users),
      entry: bytes.list(users),
      attempted: bytes.list(shape.provider === 'bank' ? users : 0),
      reversed: where(reverses).list(users),
      marks: where([isCopied, stops, reverses, finishes].some(Boolean)).named(
        'stopped',
        'finished',
        'ending',
        'round',
        'database',
        'knowsLoss',
      ),
      copied: where(isCopied).named('state', 'unnoticed'),
    };
    this.olderRows = isCopied
      ? {
          campaign: bytes.named('epoch', 'state'),
          grant: bytes.list(users),
          slot: bytes.list(users),
          arrivalNo: bytes.list(users),
          entry: bytes.list(users),
          attempted: bytes.list(shape.provider === 'bank' ? users : 0),
          moved: bytes.list(shape.provider === 'bank' ? 0 : users),
        }
      : null;
    this.doorbell = where(rings).named('isWaiting', 'key');
    const gate = (): Gate => {
      const from = bytes.length;
      const keys = {
        facts: bytes.named('epoch', 'state', 'arrivalNo', 'rebuiltUpTo', 'sameServer'),
        marks: where([isCopied, isTight, finishes, faults.partLost].some(Boolean)).named(
          'damaged',
          'isDropped',
          'round',
          'database',
        ),
        available: bytes.list(capacity + 1),
        processing: bytes.list(capacity),
        holder: bytes.list(capacity),
        claim: bytes.list(users),
        arrivalNo: bytes.list(users),
        slot: bytes.list(users),
        line: bytes.list(users),
        lineLease: bytes.list(users),
      };
      return { ...keys, bytes: new Uint8Array(buffer, from, bytes.length - from) };
    };
    this.gate = gate();
    this.older = shape.faults?.restoredOld ? gate() : null;
    this.redis = bytes.named('isLoaded', 'hasSnapshot');
    const keeper = (): Keeper => ({
      memory: bytes.named(
        'trusted',
        'condemned',
        'rebuild',
        'hasLock',
        'epoch',
        'sameServer',
        'state',
        'isStaged',
        'lastArrivalNo',
      ),
      claim: bytes.list(users),
      slot: bytes.list(users),
    });
    const instance = <Parts>(parts: () => Parts): Parts & { bytes: Uint8Array } => {
      const from = bytes.length;
      const made = parts();
      return { ...made, bytes: new Uint8Array(buffer, from, bytes.length - from) };
    };
    this.apis = Array.from({ length: shape.apis }, () =>
      instance(() => ({
        ...keeper(),
        request: bytes.named(
          'step',
          'user',
          'epoch',
          'arrivalNo',
          'slot',
          'lastArrivalNo',
          'rebuiltUpTo',
          'ahead',
          'isKnown',
          'isOrphan',
        ),
        confirmed: bytes.named('epoch', 'arrivalNo'),
      })),
    );
    const task = (): Task => bytes.named('step', 'user', 'slot', 'arrivalNo', 'epoch', 'outcome');
    this.workers = Array.from({ length: shape.workers }, () =>
      instance(() => ({
        ...keeper(),
        rung: where(rings).named('isRung'),
        paying: task(),
        reaping: task(),
      })),
    );
    this.provider = {
      onTheirWay: bytes.list(shape.provider === 'bank' ? users : 0),
      outcome: bytes.list(shape.provider === 'bank' ? users : 0),
      moved: bytes.list(users),
      memory: bytes.list(shape.provider === 'bank' ? users : 0),
    };
    this.left = bytes.named(...FAULTS);
    const size = Math.ceil(bytes.length / 4) * 4;
    this.words = new Uint32Array(buffer, 0, size / 4);
    this.bytes = new Uint8Array(buffer, 0, size);
    this.epochs = bytes.epochs;
    for (const fault of FAULTS) this.left[fault] = shape.faults?.[fault] ?? 0;
  }

  /** Whether this exploration obeys the rule. */
  obeys(rule: Rule): boolean {
    return this.flaw !== rule;
  }

  /** Whether the model is broken in this way on purpose. */
  does(mutation: Mutation): boolean {
    return this.flaw === mutation;
  }

  /**
   * Maps states that differ only in names to one form. Epochs are only compared, so they are renumbered without gaps.
   * Instances of one role are interchangeable, so they are sorted.
   */
  makeCanonical(): void {
    this.forget();
    this.renumberEpochs();
    sortBlocks(this.apis);
    sortBlocks(this.workers);
  }

  /**
   * Clears what cannot matter any more, because a look rejects every gate whose epoch differs from that of Postgres
   * (R3).
   */
  private forget(): void {
    if (this.flaw !== null) return;
    const { epoch } = this.postgres.campaign;
    for (const { memory } of this.apis) if (memory.condemned !== epoch) memory.condemned = 0;
    for (const { memory } of this.workers) if (memory.condemned !== epoch) memory.condemned = 0;
    for (const { confirmed, request } of this.apis) {
      if (confirmed.epoch !== epoch && confirmed.epoch !== request.epoch) confirmed.clear();
    }
  }

  private renumberEpochs(): void {
    const { epochs, bytes } = this;
    let present = 0;
    for (const at of epochs) present |= 1 << bytes[at]!;
    present &= ~1;
    let next = 0;
    for (let epoch = 1; present >> epoch !== 0; epoch++) {
      if ((present & (1 << epoch)) === 0) continue;
      next++;
      RENUMBERED[epoch] = next;
    }
    if (next > HIGHEST_EPOCH) throw new RangeError('A state has more epochs than the model has room for.');
    for (const at of epochs) bytes[at] = RENUMBERED[bytes[at]!]!;
  }
}

const HIGHEST_EPOCH = 7;
const RENUMBERED = new Uint8Array(32);

function sortBlocks(instances: readonly { readonly bytes: Uint8Array }[]): void {
  for (let i = 1; i < instances.length; i++) {
    for (let j = i; j > 0; j--) {
      const [a, b] = [instances[j - 1]!.bytes, instances[j]!.bytes];
      if (compare(a, b) <= 0) break;
      for (let k = 0; k < a.length; k++) {
        const kept = a[k]!;
        a[k] = b[k]!;
        b[k] = kept;
      }
    }
  }
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
