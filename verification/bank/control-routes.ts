import type { Answer } from './answer.js';
import type { FaultSource, PlannedFault } from './fault-source.js';
import { type Fault, allFaults } from './fault-kinds.js';
import type { Journal } from './journal.js';
import { readOdds } from './odds.js';
import { Refusal } from './refusal.js';
import type { TransferExecutor } from './transfer-executor.js';
import type { TransferState } from './transfer.js';
import type { WebhookCounts, Webhooks } from './webhooks.js';

/** The bank's internal state. */
export interface BankState {
  readonly transfers: Readonly<Record<TransferState, number>>;
  /** Faults that happened, by kind, since the start of the log. */
  readonly faults: Readonly<Record<string, number>>;
  readonly keyConflicts: number;
  /** Requests under keys that the bank no longer remembered. */
  readonly forgotten: number;
  readonly webhooks: WebhookCounts;
}

type Act = (given: Readonly<Record<string, unknown>>) => Promise<Answer>;

const most = 1_000_000;

const isFault = (value: unknown): value is Fault => allFaults.some((kind) => kind === value);

/** Lets a test or a person make the bank misbehave. Not part of the provider contract. */
export class ControlRoutes {
  /** The actions by method and path. Invalid odds throw an OddsError. */
  readonly acts: Readonly<Record<string, Act | undefined>> = {
    'GET /control/odds': async () => ({ status: 200, body: this.faultSource.odds }),
    'PUT /control/odds': async (given) => {
      this.faultSource.odds = readOdds(given);
      return { status: 200, body: this.faultSource.odds };
    },
    'PUT /control/webhook-url': async ({ url }) => {
      if (url !== null && !isWebUrl(url)) throw new Refusal(400, 'invalid-url', 'url: http(s)://…, or null.');
      this.webhooks.url = url ?? undefined;
      return { status: 200, body: { url } };
    },
    'POST /control/fail': async (given) => {
      const planned = readPlan(given);
      this.faultSource.plan(planned);
      return { status: 201, body: planned };
    },
    'POST /control/reversals': async ({ idempotencyKey }) => {
      if (typeof idempotencyKey !== 'string') throw new Refusal(400, 'invalid-key');
      return { status: 200, body: await this.executor.reverse(idempotencyKey) };
    },
    'GET /control/state': async () => {
      const body = this.state();
      await this.journal.allDurable(); // the log then holds every counted line
      return { status: 200, body };
    },
  };

  constructor(
    private readonly journal: Journal,
    private readonly executor: TransferExecutor,
    private readonly faultSource: FaultSource,
    private readonly webhooks: Webhooks,
  ) {}

  private state(): BankState {
    const events = this.journal.book.countByEvent();
    return {
      transfers: this.journal.book.countByState(),
      faults: this.journal.book.countByFault(),
      keyConflicts: events['key-conflict'] ?? 0,
      forgotten: events.forgotten ?? 0,
      webhooks: this.webhooks.state(),
    };
  }
}

function isWebUrl(value: unknown): value is string {
  return typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

function readPlan({ idempotencyKey, userId, fault, times = 1 }: Record<string, unknown>): PlannedFault {
  const isNamed = [idempotencyKey, userId].filter((name) => typeof name === 'string').length === 1;
  if (!isNamed) throw new Refusal(400, 'invalid-plan', 'Name either an idempotencyKey or a userId.');
  if (!isFault(fault)) {
    throw new Refusal(400, 'invalid-plan', `fault is one of ${allFaults.join(', ')}.`);
  }
  if (typeof times !== 'number' || !Number.isInteger(times) || times < 1 || times > most) {
    throw new Refusal(400, 'invalid-plan', `times is a whole number from 1 to ${most}.`);
  }
  return typeof userId === 'string'
    ? { userId, fault, times }
    : { idempotencyKey: String(idempotencyKey), fault, times };
}
