import { createHash } from 'node:crypto';
import { SeededRandom } from '../rush/seeded-random.js';
import {
  type LookupFault,
  lookupFaults,
  type Fault,
  type RequestFault,
  requestFaults,
  type Turn,
  type WebhookFault,
  webhookFaults,
} from './fault-kinds.js';
import { noFaults, type Odds } from './odds.js';

/** The key and user that a fault may affect. In a look-up of an unknown key the user is unknown. */
export interface Affected {
  readonly idempotencyKey?: string | null;
  readonly userId?: string | null;
}

/** A fault for the next `times` occasions of one key or one user. */
export interface PlannedFault extends Affected {
  readonly fault: Fault;
  readonly times: number;
}

/**
 * Decides which faults happen: planned ones first, else by the odds. A draw depends on the seed, its purpose, the key,
 * and how often the key came, but not on the order in which keys come. The same seed therefore plans the same faults
 * for every key, however requests race. What becomes of the money and what is answered are drawn independently.
 */
export class FaultSource {
  odds: Odds = noFaults;
  private plans: PlannedFault[] = [];
  private readonly occasions = new Map<string, number>();

  constructor(private readonly seed: number) {}

  plan(planned: PlannedFault): void {
    this.plans.push(planned);
  }

  ofRequest(affected: Affected): RequestFault | undefined {
    return this.oneOf('answer', requestFaults, affected);
  }

  ofLookup(affected: Affected): LookupFault | undefined {
    return this.oneOf('lookup', lookupFaults, affected);
  }

  ofWebhook(affected: Affected): WebhookFault | undefined {
    return this.oneOf('webhook', webhookFaults, affected);
  }

  isTold(affected: Affected): boolean {
    return this.oneOf('told', ['webhook'], affected) !== undefined;
  }

  takes(turn: Turn, affected: Affected): boolean {
    return this.oneOf(turn, [turn], affected) !== undefined;
  }

  /** An integer in 0..limit-1 that chooses between the variants of a fault. */
  variant(affected: Affected, limit: number): number {
    return this.draw('variant', affected).below(limit);
  }

  private oneOf<Kind extends Fault | 'webhook'>(
    purpose: string,
    kinds: readonly Kind[],
    affected: Affected,
  ): Kind | undefined {
    const planned = this.takePlanned(kinds, affected);
    if (planned) return planned;
    if (kinds.every((kind) => this.odds[kind] === 0)) return undefined;
    let left = this.draw(purpose, affected).fraction();
    return kinds.find((kind) => (left -= this.odds[kind]) < 0);
  }

  private takePlanned<Kind extends Fault | 'webhook'>(
    kinds: readonly Kind[],
    { idempotencyKey, userId }: Affected,
  ): Kind | undefined {
    const isMeant = (plan: PlannedFault): plan is PlannedFault & { readonly fault: Kind } =>
      (kinds as readonly string[]).includes(plan.fault) &&
      (plan.idempotencyKey == null ? plan.userId === userId : plan.idempotencyKey === idempotencyKey);
    const found = this.plans.find(isMeant);
    if (!found) return undefined;
    this.plans = this.plans.flatMap((plan) => {
      if (plan !== found) return [plan];
      return plan.times > 1 ? [{ ...plan, times: plan.times - 1 }] : [];
    });
    return found.fault;
  }

  private draw(purpose: string, { idempotencyKey }: Affected): SeededRandom {
    const what = `${purpose} ${idempotencyKey ?? ''}`;
    const occasion = (this.occasions.get(what) ?? 0) + 1;
    this.occasions.set(what, occasion);
    const hash = createHash('sha256').update(`${this.seed} ${occasion} ${what}`).digest();
    return new SeededRandom(hash.readUInt32LE());
  }
}
