import { useState } from 'react';
import { answerOf, api } from '../api/client.js';
import type { Campaign } from '../api/reads.js';
import { useMay } from '../api/session.tsx';
import { useWords } from '../messages/language.tsx';
import { ActDialog } from '../parts/ActDialog.tsx';
import { Field } from '../parts/Field.tsx';
import { Facts } from '../parts/Facts.tsx';
import { type ReadList, uploadList } from './eligible-list.js';
import { ListFile } from './ListFile.tsx';
import { Schedule, useScheduleProblems } from './Schedule.tsx';
import { termsChange, termsForm } from './terms-form.js';

/** Everything that was agreed, and what of it may still be changed. */
export function TermsScreen({ campaign }: { readonly campaign: Campaign }) {
  const { m, f } = useWords();
  const provider = {
    ledger: m.terms.providerLedger,
    http: m.terms.providerHttp,
  };
  const { eligibleFrozenAt } = campaign;
  const listFinal =
    eligibleFrozenAt === null ? m.terms.listFinalLater : m.terms.listFinalSince(f.moment(eligibleFrozenAt));
  return (
    <section className="panel">
      <Facts
        facts={[
          [m.terms.id, campaign.id],
          [m.terms.name, campaign.name],
          [m.terms.capacity, f.count(campaign.capacity)],
          [m.terms.amount, f.money(campaign.amount, campaign.currency)],
          [
            m.terms.waitingCapacity,
            campaign.waitingCapacity === 0 ? m.now.noLine : f.count(campaign.waitingCapacity),
          ],
          [m.terms.opens, campaign.opensAt === null ? m.campaigns.fromCreation : f.moment(campaign.opensAt)],
          [
            m.terms.closes,
            campaign.closesAt === null ? m.campaigns.untilClosed : f.moment(campaign.closesAt),
          ],
          [
            m.terms.eligibility,
            campaign.eligibleCount === null
              ? m.terms.everybody
              : m.terms.listed(f.count(campaign.eligibleCount)),
          ],
          ...(campaign.eligibility === 'list' ? [[m.terms.listFinal, listFinal] as const] : []),
          [
            m.terms.provider,
            campaign.payoutProvider ? provider[campaign.payoutProvider] : m.terms.providerFirst,
          ],
          [
            m.terms.reversal,
            campaign.reversalPolicy === 'keep' ? m.terms.reversalKeep : m.terms.reversalRegrant,
          ],
          [m.terms.created, f.moment(campaign.createdAt)],
          [m.terms.changed, f.moment(campaign.updatedAt)],
        ]}
      />
      {useMay('grants:campaigns') && campaign.state !== 'CLOSED' && campaign.finishedAt === null ? (
        <div className="acts">
          <Edit campaign={campaign} />
          {mayListChange(campaign) ? (
            <>
              <Extend campaign={campaign} />
              <Freeze campaign={campaign} />
            </>
          ) : null}
        </div>
      ) : null}
    </section>
  );
}

/** By the viewer's clock: the service decides, and says so. */
function mayListChange({ eligibility, eligibleFrozenAt, opensAt }: Campaign): boolean {
  const isBeforeOpening = opensAt !== null && Date.parse(opensAt) > Date.now();
  return eligibility === 'list' && eligibleFrozenAt === null && isBeforeOpening;
}

/** Makes the list final before the opening, so that the public log commits to it. */
function Freeze({ campaign }: { readonly campaign: Campaign }) {
  const { m, f } = useWords();
  return (
    <ActDialog
      {...{ label: m.act.freeze, title: m.act.freezeTitle, weight: 'danger', confirmBy: campaign.id }}
      text={m.act.freezeText(f.count(campaign.eligibleCount ?? 0))}
      run={(reason) =>
        answerOf(
          api.POST('/v1/campaigns/{id}/eligible/freeze', {
            ...{ params: { path: { id: campaign.id } }, body: { reason } },
          }),
        )
      }
    />
  );
}

/** More people for the list, until it is final. */
function Extend({ campaign }: { readonly campaign: Campaign }) {
  const { m } = useWords();
  const [list, setList] = useState<ReadList | null>(null);
  const userIds = list?.kind === 'list' ? list.userIds : null;
  return (
    <ActDialog
      {...{ label: m.act.extend, title: m.act.extendTitle, text: m.act.extendText }}
      {...{ reasoned: false, isReady: userIds !== null, onOpen: () => setList(null) }}
      run={() => uploadList(campaign.id, userIds ?? [])}
    >
      <ListFile onChange={setList} />
    </ActDialog>
  );
}

function Edit({ campaign }: { readonly campaign: Campaign }) {
  const { m, f } = useWords();
  const [form, setForm] = useState(() => termsForm(campaign, f.zone));
  const { standing, name, schedule } = form;
  const problems = useScheduleProblems({ value: schedule, standing });
  const change = termsChange(form);
  return (
    <ActDialog
      {...{ label: m.act.edit, title: m.act.editTitle, text: m.act.editText }}
      onOpen={() => setForm(termsForm(campaign, f.zone))}
      isReady={Object.keys(change).length > 0 && !problems.opens && !problems.closes && name.trim() !== ''}
      run={(reason) =>
        answerOf(
          api.PATCH('/v1/campaigns/{id}', {
            // What somebody else has changed since the form was opened is not undone unseen.
            params: { path: { id: campaign.id }, header: { 'If-Match': `"${standing.revision}"` } },
            body: { ...change, reason },
          }),
        )
      }
    >
      <Field
        {...{ label: m.terms.name, value: name, maxLength: 200 }}
        onChange={(next) => setForm({ ...form, name: next })}
      />
      <Schedule
        {...{ value: schedule, standing }}
        onChange={(next) => setForm({ ...form, schedule: next })}
      />
    </ActDialog>
  );
}
