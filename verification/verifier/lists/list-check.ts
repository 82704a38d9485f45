import { toBase64 } from '../../../src/transparency/formats/bytes.js';
import { commitToUser } from '../../../src/transparency/formats/commitment.js';
import type { LogCheck } from '../log/log-check.js';
import type { LeafWatch } from '../log/leaf-watch.js';
import type { ListedReceipt } from '../receipts/receipt.js';
import type { ReceiptVerdict } from '../receipts/receipt-verdict.js';
import type { Logged } from '../replay/logged.js';
import type { EligibleList } from './eligible-list.js';
import type { ListStanding, ListVerdict } from './list-verdict.js';

/** Compares claims with the list that a reader brought, while the log is read. Memory: the list. */
export class ListCheck implements LeafWatch {
  private committed: string | null = null;
  /** Claims by people who are not on the list. */
  private readonly strangers: Logged[] = [];

  constructor(private readonly list: EligibleList) {}

  see(logged: Logged): void {
    const { leaf } = logged;
    if (leaf.kind === 'log' || leaf.campaign !== this.list.campaign) return;
    if (leaf.kind === 'terms') this.committed ??= leaf.eligibleRoot;
    if (leaf.kind === 'claim' && !this.list.has(leaf.who)) this.strangers.push(logged);
  }

  /** Adds what is broken to the campaign's findings, if it is the list that the terms commit to. */
  judge({ campaigns }: LogCheck): ListVerdict {
    const { campaign, people } = this.list;
    const findings = campaigns.get(campaign)?.findings;
    if (this.standing === 'committed')
      for (const { index, text } of this.strangers)
        findings?.violations.add('claimant-not-on-the-list', [{ index, text }]);
    return { campaign, standing: this.standing, people };
  }

  /** Whether a person is on the list that the terms commit to. */
  judgePerson({ campaign, opening: { userId, nonce } }: ListedReceipt): ReceiptVerdict {
    const of = { campaign, arrivalNo: null, status: null };
    if (campaign !== this.list.campaign) return { name: 'other-campaign', ...of };
    if (this.standing !== 'committed') return { name: 'list-not-brought', ...of };
    const who = toBase64(commitToUser(campaign, userId, nonce));
    return { name: this.list.has(who) ? 'on-the-list' : 'not-on-the-list', ...of };
  }

  private get standing(): ListStanding {
    if (this.committed === null) return 'none';
    return this.committed === this.list.root ? 'committed' : 'another';
  }
}
