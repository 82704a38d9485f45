import { useState } from 'react';
import { answerOf, api } from '../api/client.js';
import { ProblemError } from '../api/problem.js';
import type { Payout } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { ActDialog } from '../parts/ActDialog.tsx';
import { Facts } from '../parts/Facts.tsx';
import { DecisionChoice } from './DecisionChoice.tsx';
import { useEvidence } from './evidence.tsx';

/** One payout nobody else can tell the outcome of. In doubt it may be concluded; sent again only once it is HELD. */
export function DecidePayout({
  campaignId,
  payout,
}: {
  readonly campaignId: string;
  readonly payout: Payout;
}) {
  const { m } = useWords();
  const evidence = useEvidence();
  const [decision, setDecision] = useState<'SETTLED' | 'REJECTED' | 'RESEND' | null>(null);
  const { userId, state } = payout;
  return (
    <ActDialog
      {...{ label: m.payouts.decide, title: m.payouts.decideTitle(userId), text: m.payouts.decideText }}
      confirmBy={userId}
      isReady={decision !== null}
      onOpen={() => setDecision(null)}
      run={async (reason) => {
        if (decision !== null) await decide(campaignId, userId, decision, reason);
      }}
    >
      <Facts facts={evidence(payout)} />
      <DecisionChoice
        options={state === 'HELD' ? ['SETTLED', 'REJECTED', 'RESEND'] : ['SETTLED', 'REJECTED']}
        value={decision}
        onChange={setDecision}
      />
    </ActDialog>
  );
}

/** Decides it, or proposes the decision where two people have to agree. */
async function decide(
  campaignId: string,
  userId: string,
  decision: 'SETTLED' | 'REJECTED' | 'RESEND',
  reason: string,
): Promise<void> {
  const propose = () =>
    answerOf(
      api.POST('/v1/campaigns/{id}/payout-decisions', {
        params: { path: { id: campaignId } },
        body: { decision, reason, userIds: [userId] },
      }),
    );
  if (decision === 'RESEND') {
    await propose();
    return;
  }
  const params = { path: { id: campaignId, userId } };
  const decided = answerOf(
    api.PATCH('/v1/campaigns/{id}/payouts/{userId}', { params, body: { state: decision, reason } }),
  );
  await decided.catch(async (error: unknown) => {
    if (!(error instanceof ProblemError) || error.code !== 'needs-approval') throw error;
    await propose();
  });
}
