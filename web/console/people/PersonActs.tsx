import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../api/client.js';
import { type Campaign, payoutQuery, type Person, walletQuery } from '../api/reads.js';
import { useMay } from '../api/session.tsx';
import { useWords } from '../messages/language.tsx';
import { ActDialog } from '../parts/ActDialog.tsx';
import { DecidePayout } from '../payouts/DecidePayout.tsx';

/** What the operator may do for, or against, one person. */
export function PersonActs({ campaign, person }: { readonly campaign: Campaign; readonly person: Person }) {
  const { m } = useWords();
  const mayRevoke = useMay('grants:campaigns');
  const mayPay = useMay('grants:payouts');
  const { data: payout } = useQuery(payoutQuery(campaign.id, person.userId));
  const wasNeverSent = payout === null || (payout?.state === 'DUE' && payout.attempts === 0);
  const isInDoubt = payout?.state === 'HELD' || payout?.state === 'IN_DOUBT';
  return (
    <div className="acts">
      {mayPay && isInDoubt ? <DecidePayout campaignId={campaign.id} payout={payout} /> : null}
      {mayRevoke && person.status === 'PENDING' && wasNeverSent ? (
        <ActDialog
          {...{ label: m.act.revoke, title: m.act.revokeTitle(person.userId), text: m.act.revokeText }}
          {...{ weight: 'danger', confirmBy: person.userId }}
          run={(reason) => {
            const params = { path: { id: campaign.id, userId: person.userId } };
            return answerOf(
              api.POST('/v1/campaigns/{id}/grants/{userId}/revocation', { params, body: { reason } }),
            );
          }}
        />
      ) : null}
      {mayPay ? <Wallet currency={campaign.currency} userId={person.userId} /> : null}
    </div>
  );
}

function Wallet({ currency, userId }: { readonly currency: string; readonly userId: string }) {
  const { m } = useWords();
  const { data: wallet } = useQuery(walletQuery(currency, userId));
  if (wallet === undefined) return null;
  const turn = (state: 'OPEN' | 'CLOSED') => (reason: string) => {
    const params = { path: { currency, userId } };
    return answerOf(api.PATCH('/v1/wallets/{currency}/{userId}', { params, body: { state, reason } }));
  };
  return wallet?.state === 'CLOSED' ? (
    <ActDialog
      {...{ label: m.act.openWallet, title: m.act.openWalletTitle(userId), text: m.act.openWalletText }}
      run={turn('OPEN')}
    />
  ) : (
    <ActDialog
      {...{ label: m.act.closeWallet, title: m.act.closeWalletTitle(userId), text: m.act.closeWalletText }}
      run={turn('CLOSED')}
    />
  );
}
