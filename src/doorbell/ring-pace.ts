/** When nobody has come for this long, the rush is over, or there was none. */
const QUIET_MS = 100;

/** How often to ring during a rush; the payer decides how many are paid at each ring (docs/adr/0017). */
const TURN_MS = 500;

/** So many campaigns are rung for in a turn in any case; the rest wait, so that payouts leave room for claims. */
const FEW = 20;

/** Of the campaigns that wait, this share is rung for in a turn: a longer rush pays as fast as it accepts. */
const SHARE = 0.2;

/** Most rings at once. */
const MOST = 500;

/**
 * Decides when to ring for campaigns in which people get slots: at once when it is quiet. In a rush, a campaign is rung
 * for once a turn, and if there are many, a share of them, those that have waited longest. At the rush's end, for all
 * that are left. Paying hundreds in one campaign costs little more than paying one, but each campaign costs a job and a
 * transaction of its own, and on one core these delay claims (docs/adr/0058).
 */
export class RingPace {
  /** Rung for in this turn. */
  private readonly rung = new Set<string>();
  /** Those that wait for a ring, in the order in which they began to wait. */
  private readonly held = new Set<string>();
  private turn: NodeJS.Timeout | undefined;
  private quiet: NodeJS.Timeout | undefined;

  /** @param ring rings for a campaign; `isRush`: while people come */
  constructor(private readonly ring: (campaignId: string, isRush: boolean) => void) {}

  /** Somebody has got a slot. */
  come(campaignId: string): void {
    this.turn ??= setInterval(() => this.nextTurn(), TURN_MS);
    if (this.quiet) this.quiet.refresh();
    else this.quiet = setTimeout(() => this.end(), QUIET_MS);
    if (this.rung.has(campaignId) || this.rung.size >= FEW) {
      this.held.add(campaignId);
      return;
    }
    this.rung.add(campaignId);
    this.ring(campaignId, false);
  }

  /** Rings for all that wait. */
  flush(): void {
    this.stop();
    for (const campaignId of this.held) this.ring(campaignId, false);
    this.held.clear();
  }

  private nextTurn(): void {
    this.rung.clear();
    for (const campaignId of this.take(Math.max(FEW, Math.ceil(SHARE * this.held.size)))) {
      this.rung.add(campaignId);
      this.ring(campaignId, true);
    }
  }

  private end(): void {
    for (const campaignId of this.take(MOST)) this.ring(campaignId, false);
    if (this.held.size > 0) this.quiet?.refresh();
    else this.stop();
  }

  private stop(): void {
    clearInterval(this.turn);
    clearTimeout(this.quiet);
    this.turn = this.quiet = undefined;
    this.rung.clear();
  }

  private take(count: number): string[] {
    const taken = [...this.held].slice(0, Math.min(count, MOST));
    for (const campaignId of taken) this.held.delete(campaignId);
    return taken;
  }
}
