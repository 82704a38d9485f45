/** A receipt, and where the public record has what it promises. */
export interface Receipt {
  readonly text: string;
  /** The index of the claim's leaf in the log; null before it is known. */
  readonly place: number | null;
}

/**
 * The receipts that this browser got. localStorage is right for them: a receipt is no token, it lets nobody do or see
 * anything at the service. It must outlast the session, since it is evidence once the service has forgotten its
 * promise. Scripts of this page could ask for another one, so hiding it from them would be vain. Where storage is
 * blocked, receipts last as long as the page.
 */
export class KeptReceipts {
  readonly #inMemory = new Map<string, Receipt>();

  constructor(private readonly campaignId: string) {}

  /** @param userId whose: two people may use one device */
  find(userId: string): Receipt | null {
    const kept = this.#inMemory.get(userId);
    if (kept) return kept;
    try {
      return JSON.parse(localStorage.getItem(this.#name(userId)) ?? 'null') as Receipt | null;
    } catch {
      return null;
    }
  }

  keep(userId: string, receipt: Receipt): void {
    this.#inMemory.set(userId, receipt);
    try {
      localStorage.setItem(this.#name(userId), JSON.stringify(receipt));
    } catch {
      // Blocked, or full.
    }
  }

  #name(userId: string): string {
    return `seonchak-receipt ${this.campaignId} ${userId}`;
  }
}
