import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { flushSync } from 'react-dom';
import { Form } from 'react-aria-components';
import { Link, useLocation } from 'wouter';
import { answerOf, api } from '../api/client.js';
import { ProblemError } from '../api/problem.js';
import { campaignsQuery } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { Button } from '../parts/Button.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Refusal } from '../parts/Failure.tsx';
import { Field } from '../parts/Field.tsx';
import { focusFirstWrong } from '../parts/first-wrong.js';
import { useTitle } from '../parts/title.js';
import { campaignOf, type Draft, type DraftField, wrongFields } from './draft.js';
import { type ReadList, uploadList } from './eligible-list.js';
import { ListFile } from './ListFile.tsx';
import { Schedule, useScheduleProblems } from './Schedule.tsx';

const CURRENCIES = ['KRW', 'USD', 'EUR', 'JPY', 'GBP', 'CNY'] as const;

/** The form for a new campaign: each term with what it means, checked as the API checks it. */
export function CreateScreen() {
  const { m, f } = useWords();
  useTitle(m.terms.createTitle);
  const [, go] = useLocation();
  const queries = useQueryClient();
  const { data: campaigns } = useInfiniteQuery(campaignsQuery('', ''));
  const currencies = campaigns?.pages.flatMap(({ items }) => items.map(({ currency }) => currency)) ?? [];
  const [draft, setDraft] = useState<Draft>({
    ...{
      id: '',
      name: '',
      capacity: '',
      amount: '',
      currency: '',
      waitingCapacity: '',
    },
    ...{ reversalPolicy: 'keep', payoutProvider: '', eligibility: 'everybody' },
    ...{ schedule: { zone: f.zone, opens: '', closes: '' } },
  });
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const [isTried, setTried] = useState(false);
  const [list, setList] = useState<ReadList | null>(null);
  const hasList = draft.eligibility === 'list';
  const times = useScheduleProblems({ value: draft.schedule, mustOpenLater: hasList });
  const isListRead = list === null || list.kind === 'list';
  const campaign = times.opens === null && times.closes === null && isListRead ? campaignOf(draft) : null;
  const create = useMutation({
    // Both are safe to repeat: after a failure the same button goes on.
    mutationFn: async (body: NonNullable<ReturnType<typeof campaignOf>>) => {
      const created = await answerOf(api.POST('/v1/campaigns', { body }));
      if (list?.kind === 'list') await uploadList(created.id, list.userIds);
      return created;
    },
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries();
      go(`/campaigns/${id}`);
    },
  });
  const wrong = wrongFields(draft);
  const refused = create.error instanceof ProblemError ? create.error.fields : {};
  const field = (name: DraftField, message: string) => ({
    value: draft[name],
    onChange: (value: string) => {
      change({ [name]: value });
      if (create.error) create.reset();
    },
    wrong: refused[name] ?? (isTried && wrong.has(name) ? message : null),
  });
  return (
    <>
      <p>
        <Link href="/">{m.backToCampaigns}</Link>
      </p>
      <h1>{m.terms.createTitle}</h1>
      <Form
        className="panel form"
        validationBehavior="aria"
        onSubmit={(event) => {
          event.preventDefault();
          flushSync(() => setTried(true));
          if (!campaign || !event.currentTarget.checkValidity()) focusFirstWrong(event.currentTarget);
          else if (!create.isPending) create.mutate(campaign);
        }}
      >
        <Field label={m.terms.name} help={m.terms.nameHelp} {...field('name', m.terms.nameWrong)} />
        <Field
          label={m.terms.id}
          help={m.terms.idHelp}
          autoComplete="off"
          {...field('id', m.terms.idWrong)}
        />
        <div className="pair">
          <Field
            {...{ label: m.terms.capacity, help: m.terms.capacityHelp, inputMode: 'numeric' }}
            {...field('capacity', m.terms.capacityWrong)}
          />
          <Field
            {...{ label: m.terms.waitingCapacity, help: m.terms.waitingHelp, inputMode: 'numeric' }}
            {...field('waitingCapacity', m.terms.waitingWrong)}
          />
        </div>
        <div className="pair">
          <Field
            {...{ label: m.terms.amount, help: m.terms.amountHelp, inputMode: 'decimal' }}
            {...field('amount', m.terms.amountWrong)}
          />
          <Choice
            {...{ label: m.terms.currency, help: m.terms.currencyHelp }}
            {...field('currency', m.terms.currencyWrong)}
            options={[
              ['', m.terms.chooseCurrency],
              ...[...new Set([...CURRENCIES, ...currencies])].map((code) => [code, code] as const),
            ]}
          />
        </div>
        <Schedule
          {...{ value: draft.schedule, mustOpenLater: hasList && isTried }}
          onChange={(schedule) => change({ schedule })}
        />
        <div className="pair">
          <Choice
            {...{ label: m.terms.eligibility, value: draft.eligibility, help: m.terms.eligibilityHelp }}
            options={[
              ['everybody', m.terms.everybody],
              ['list', m.terms.onlyList],
            ]}
            onChange={(eligibility) => {
              change({ eligibility });
              setList(null);
            }}
          />
          {hasList ? <ListFile onChange={setList} /> : null}
        </div>
        <div className="pair">
          <Choice
            {...{ label: m.terms.provider, value: draft.payoutProvider }}
            options={[
              ['', m.terms.providerDefault],
              ['ledger', m.terms.providerLedger],
              ['http', m.terms.providerHttp],
            ]}
            onChange={(payoutProvider) => change({ payoutProvider })}
          />
          <Choice
            {...{ label: m.terms.reversal, value: draft.reversalPolicy }}
            options={[
              ['keep', m.terms.reversalKeep],
              ['regrant', m.terms.reversalRegrant],
            ]}
            onChange={(reversalPolicy) => change({ reversalPolicy })}
          />
        </div>
        <p className="summary" aria-live="polite">
          {campaign
            ? [
                m.terms.summary(
                  f.count(campaign.capacity),
                  f.money(campaign.amount, campaign.currency),
                  f.money(campaign.amount * campaign.capacity, campaign.currency),
                ),
                campaign.opensAt === undefined
                  ? m.terms.summaryOpen
                  : m.terms.summaryOpens(f.moment(campaign.opensAt)),
              ].join(' ')
            : null}
        </p>
        <Refusal error={create.error} />
        <Button type="submit" weight="main">
          {create.isPending ? m.act.working : m.terms.create}
        </Button>
      </Form>
    </>
  );
}
