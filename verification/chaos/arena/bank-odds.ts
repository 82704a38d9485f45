import { setTimeout as sleep } from 'node:timers/promises';
import type { BankProcess } from '../../bank/bank-process.js';
import {
  lookupFaults,
  type Fault,
  allFaults,
  requestFaults,
  turns,
  webhookFaults,
} from '../../bank/fault-kinds.js';
import type { Odds } from '../../bank/odds.js';

type PartialOdds = Partial<Odds>;

const patienceMs = 60_000;

/** At most one fault of a group happens at a time, so the active faults of a group share these odds. */
const nearlyCertain = 0.9;
const sorts: readonly (readonly Fault[])[] = [requestFaults, lookupFaults, webhookFaults, turns];

function likeIt(chosen: readonly Fault[], kind: Fault): number {
  const sort = sorts.find((kinds) => kinds.includes(kind)) ?? [kind];
  return chosen.filter((other) => sort.includes(other)).length;
}

/** Low enough that many kinds can be active at once. Look-ups are rarer, so their odds are higher. */
function oddsOf(kind: Fault): number {
  if (requestFaults.some((known) => known === kind)) return 0.06;
  return webhookFaults.some((known) => known === kind) ? 0.15 : kind.startsWith('get') ? 0.3 : 0.08;
}

/** The bank's odds: the settings that last for the whole run, and the faults that are active for a while. */
export class BankOdds {
  private readonly active = new Set<Fault>();
  private readonly insisted = new Set<Fault>();

  constructor(
    private readonly bank: BankProcess,
    private readonly lasting: PartialOdds,
  ) {}

  /** Sends the odds to the bank. Needed also after a restart, which resets them to those of its start. */
  async apply(): Promise<void> {
    const chosen = allFaults.filter((kind) => this.active.has(kind));
    const oddsNow = (kind: Fault): number =>
      this.insisted.has(kind) ? nearlyCertain / likeIt(chosen, kind) : oddsOf(kind);
    const odds: PartialOdds = {
      ...this.lasting,
      ...Object.fromEntries(chosen.map((kind) => [kind, oddsNow(kind)])),
    };
    const giveUpAt = performance.now() + patienceMs;
    for (;;) {
      try {
        await this.bank.control.setOdds(odds);
        return;
      } catch (error) {
        if (performance.now() > giveUpAt) throw error;
        await sleep(100);
      }
    }
  }

  async add(kind: Fault): Promise<void> {
    this.active.add(kind);
    await this.apply();
  }

  /** Makes the fault as likely as the other active faults of its group allow. */
  async insist(kind: Fault): Promise<void> {
    this.insisted.add(kind);
    await this.apply();
  }

  async remove(kind: Fault): Promise<void> {
    this.active.delete(kind);
    this.insisted.delete(kind);
    await this.apply();
  }

  /** How often the fault has happened so far, according to the bank's log. */
  async count(kind: Fault): Promise<number> {
    const log = await this.bank.readLog();
    return log.filter((line) => {
      if (line.event === 'fault') return line.fault === kind;
      if (kind === 'reversal') return line.event === 'reversed';
      return kind === 'reject' && line.event === 'rejected' && line.reason === 'refused';
    }).length;
  }
}
