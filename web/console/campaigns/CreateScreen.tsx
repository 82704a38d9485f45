import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Form } from 'react-aria-components';
import { Link, useLocation } from 'wouter';
import { answerOf, api } from '../api/client.js';
import { ProblemError } from '../api/problem.js';
import { useWords } from '../messages/language.tsx';
import { Button } from '../parts/Button.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Refusal } from '../parts/Failure.tsx';
import { Field } from '../parts/Field.tsx';
import { useTitle } from '../parts/title.js';
import { campaignOf, type Draft, type DraftField, wrongFields } from './draft.js';
import { Schedule, useScheduleProblems } from './Schedule.tsx';

const CURRENCIES = ['KRW', 'USD', 'EUR', 'JPY', 'GBP', 'CNY'] as const;

/** The form for a new campaign: each term with what it means, checked as the API checks it. */
export function CreateScreen() {
  const { m, f, language } = useWords();
  useTitle(m.terms.createTitle);
  const [, go] = useLocation();
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft>({
    ...{
      id: '',
      name: '',
      capacity: '',
      amount: '',
      currency: language === 'ko' ? 'KRW' : 'USD',
      waitingCapacity: '',
    },
    ...{ reversalPolicy: 'keep', payoutProvider: '', schedule: { zone: f.zone, opens: '', closes: '' } },
  });
  const [isTried, setTried] = useState(false);
  const times = useScheduleProblems(draft.schedule);
  const campaign = times.opens === null && times.closes === null ? campaignOf(draft) : null;
  const create = useMutation({
    mutationFn: (body: NonNullable<ReturnType<typeof campaignOf>>) =>
      answerOf(api.POST('/v1/campaigns', { body })),
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
      setDraft({ ...draft, [name]: value });
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
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (campaign) create.mutate(campaign);
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
            {...{ label: m.terms.currency, value: draft.currency }}
            options={CURRENCIES.map((code) => [code, code] as const)}
            onChange={(currency) => setDraft({ ...draft, currency })}
          />
        </div>
        <Schedule value={draft.schedule} onChange={(schedule) => setDraft({ ...draft, schedule })} />
        <div className="pair">
          <Choice
            {...{ label: m.terms.provider, value: draft.payoutProvider }}
            options={[
              ['', m.terms.providerDefault],
              ['ledger', m.terms.providerLedger],
              ['http', m.terms.providerHttp],
            ]}
            onChange={(payoutProvider) => setDraft({ ...draft, payoutProvider })}
          />
          <Choice
            {...{ label: m.terms.reversal, value: draft.reversalPolicy }}
            options={[
              ['keep', m.terms.reversalKeep],
              ['regrant', m.terms.reversalRegrant],
            ]}
            onChange={(reversalPolicy) => setDraft({ ...draft, reversalPolicy })}
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
        <Button type="submit" weight="main" isDisabled={create.isPending}>
          {create.isPending ? m.act.working : m.terms.create}
        </Button>
      </Form>
    </>
  );
}
