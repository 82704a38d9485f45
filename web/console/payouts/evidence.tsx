import type { ReactNode } from 'react';
import type { Payout } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { troubleWords } from './payout-words.js';

/** What is known of a payout, as names and values: what one needs to ask the provider. */
export function useEvidence(): (payout: Payout) => (readonly [name: string, value: ReactNode])[] {
  const { m, f } = useWords();
  return (payout) => [
    [m.payouts.key, <code key="key">{payout.idempotencyKey}</code>],
    [
      m.payouts.reference,
      payout.providerReference === null ? (
        m.payouts.noReference
      ) : (
        <code key="reference">{payout.providerReference}</code>
      ),
    ],
    [
      m.payouts.sent,
      payout.firstSentAt === null
        ? m.payouts.neverSent
        : `${f.precise(payout.firstSentAt)} (${m.payouts.attempts(f.count(payout.attempts))})`,
    ],
    [m.payouts.lastError, payout.lastError === null ? m.none : troubleWords(payout.lastError, m)],
    [m.payouts.lastChange, f.precise(payout.updatedAt)],
  ];
}
