import { useQuery } from '@tanstack/react-query';
import { payoutQuery } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { Chip } from '../parts/Chip.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Failure } from '../parts/Failure.tsx';
import { useEvidence } from '../payouts/evidence.tsx';
import { PAYOUT_TONES } from '../payouts/payout-tone.js';

/** What is known of the money: the evidence for a decision, and for a complaint. */
export function PersonPayout({
  campaignId,
  userId,
}: {
  readonly campaignId: string;
  readonly userId: string;
}) {
  const { m } = useWords();
  const { data: payout, error, refetch } = useQuery(payoutQuery(campaignId, userId));
  const evidence = useEvidence();
  if (payout === undefined) return error ? <Failure error={error} retry={() => void refetch()} /> : null;
  return (
    <section className="panel" aria-labelledby="payout">
      <h3 id="payout">
        {m.person.payout}{' '}
        {payout ? <Chip tone={PAYOUT_TONES[payout.state]}>{m.payouts.state[payout.state]}</Chip> : null}
      </h3>
      {payout ? <Facts facts={evidence(payout)} /> : <p className="quiet">{m.person.noPayout}</p>}
    </section>
  );
}
