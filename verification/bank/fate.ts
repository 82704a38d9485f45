import { createHash } from 'node:crypto';
import { SeededRandom } from '../rush/seeded-random.js';
import {
  type LookupFault,
  lookupFaults,
  type Misfortune,
  type RequestFault,
  requestFaults,
  type Turn,
  type WebhookFault,
  webhookFaults,
} from './fault-kinds.js';
import { goodManners, type Odds } from './odds.js';

/** Whom a misfortune may hit. The user is not known when a key is looked up that is not. */
export interface Affected {
  readonly idempotencyKey?: string | null;
  readonly userId?: string | null;
}

/** A misfortune for the next `times` occasions that one key, or one user, gives. */
export interface PlannedMisfortune extends Affected {
  readonly fault: Misfortune;
  readonly times: number;
}

/**
 * Decides what goes wrong: as planned, else by the odds. Draws depend on the seed, on what is drawn for, on the
 * key and on how often it came, and not on the order in which keys come: the same seed plans the same faults for
 * everybody, however requests race. What becomes of the money and what is answered are drawn apart.
 */
export class Fate {
  odds: Odds = goodManners;
  private plans: PlannedMisfortune[] = [];
  private readonly occasions = new Map<string, number>();

  constructor(private readonly seed: number) {}

  plan(planned: PlannedMisfortune): void {
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

  /** A whole number in 0..limit-1, to choose among the ways in which a fault can look. */
  variant(affected: Affected, limit: number): number {
    return this.draw('variant', affected).below(limit);
  }

  private oneOf<Kind extends Misfortune | 'webhook'>(
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

  private takePlanned<Kind extends Misfortune | 'webhook'>(
    kinds: readonly Kind[],
    { idempotencyKey, userId }: Affected,
  ): Kind | undefined {
    const isMeant = (plan: PlannedMisfortune): plan is PlannedMisfortune & { readonly fault: Kind } =>
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
