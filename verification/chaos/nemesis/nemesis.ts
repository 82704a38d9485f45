import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, allFaults } from '../../bank/fault-kinds.js';
import type { Arena } from '../arena/arena.js';
import type { Loss } from '../../checker/loss.js';
import type { BankFault, FaultKind, LinkFault, ServerFault } from '../plan/fault-kinds.js';
import { endsInstance, linkOf, ownersOf } from '../plan/footprint.js';
import type { PlannedFault } from '../plan/planned-fault.js';
import { lastUntilEffect } from './effect.js';
import { spoilLink } from './link-faults.js';
import { standing } from './process-faults.js';
import { serverFaults } from './server-faults.js';
import type { SetBack } from './set-back-faults.js';

/** The result of a planned fault. Times are in ms from the start of the run. */
export interface FaultRecord extends PlannedFault {
  readonly beganMs: number;
  readonly endedMs: number;
  /** Size of the effect: bytes, connections, processes, …; 0: the fault did not fire. */
  readonly effect: number;
  /** The permitted loss, on the history's clock. */
  readonly loss: Loss | null;
  /** Why the fault failed. */
  readonly error: string | null;
}

function isServerFault(kind: FaultKind): kind is ServerFault {
  return kind in serverFaults;
}

function isLinkFault(kind: FaultKind): kind is LinkFault {
  return kind.startsWith('link-');
}

/** Carries out a plan. Faults of the same server or the same link run one after the other. */
export class Nemesis {
  private readonly busy = new Map<string, Promise<unknown>>();
  /** One promise for each instance that was ended and is not up again. */
  private readonly starts = new Set<Promise<unknown>>();
  private startedAt = 0;

  constructor(
    private readonly arena: Arena,
    private readonly log: (line: string) => void,
  ) {}

  /** Resolves when every fault is over and undone. */
  async run(faults: readonly PlannedFault[]): Promise<FaultRecord[]> {
    this.startedAt = performance.now();
    return Promise.all(
      faults.map(async (fault) => {
        await sleep(fault.atMs);
        const record = await this.inTurn(fault);
        const failed = record.effect > 0 ? '' : `   did not fire: ${record.error ?? 'no effect'}`;
        this.log(
          `${String(record.beganMs).padStart(6)} .. ${String(record.endedMs).padStart(6)} ms  ` +
            `${fault.kind} ${fault.target} (${record.effect})${failed}`,
        );
        return record;
      }),
    );
  }

  /**
   * Each fault waits for earlier faults of the same server or link. A fault of Postgres or Redis also waits until
   * instances that are starting have reached them: on a busy machine that takes longer than planned, and an instance
   * that one fault after another keeps from starting would miss those that are meant for itself.
   */
  private async inTurn(fault: PlannedFault): Promise<FaultRecord> {
    const things = this.thingsOf(fault);
    const before = things.flatMap((thing) => this.busy.get(thing) ?? []);
    if (/postgres|redis/.test(fault.kind)) before.push(...this.starts);
    const turn = Promise.all(before).then(() => this.inject(fault));
    for (const thing of things) this.busy.set(thing, turn);
    return turn;
  }

  private thingsOf({ kind, target }: PlannedFault): string[] {
    const link = linkOf(kind);
    if (link !== undefined) return ownersOf(link, target).map((owner) => `${link} ${owner}`);
    return [isServerFault(kind) ? target : kind];
  }

  private async inject(fault: PlannedFault): Promise<FaultRecord> {
    const beganMs = this.now();
    try {
      const done = await this.carryOut(fault);
      if (endsInstance(fault)) this.noteStart(fault.target);
      const { effect, loss } = typeof done === 'number' ? { effect: done, loss: null } : done;
      return { ...fault, beganMs, endedMs: this.now(), effect, loss, error: null };
    } catch (error) {
      return { ...fault, beganMs, endedMs: this.now(), effect: 0, loss: null, error: String(error) };
    }
  }

  private noteStart(target: string): void {
    const start = standing(this.arena, target)
      .catch(() => undefined) // whoever needs it finds out
      .finally(() => this.starts.delete(start));
    this.starts.add(start);
  }

  private carryOut(fault: PlannedFault): Promise<number | SetBack> {
    const { kind } = fault;
    if (isServerFault(kind)) return serverFaults[kind](this.arena, fault);
    if (isLinkFault(kind)) return spoilLink(this.arena, { ...fault, kind });
    return this.raiseOdds(kind, fault.durationMs);
  }

  private async raiseOdds(kind: BankFault, durationMs: number): Promise<number> {
    const { bankOdds } = this.arena;
    const bankFault = allFaults.find((known): known is Fault => kind === `bank-${known}`);
    if (!bankFault) throw new Error(`${kind} is not a fault of the bank.`);
    const before = await bankOdds.count(bankFault);
    await bankOdds.add(bankFault);
    const effect = async (): Promise<number> => (await bankOdds.count(bankFault)) - before;
    await sleep(durationMs / 2);
    // If the fault has not happened by chance yet, force it while there are still payouts.
    if ((await effect()) === 0) await bankOdds.insist(bankFault);
    const amount = await lastUntilEffect(durationMs / 2, effect);
    await bankOdds.remove(bankFault);
    return amount;
  }

  private now(): number {
    return Math.round(performance.now() - this.startedAt);
  }
}
