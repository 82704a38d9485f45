import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Form } from 'react-aria-components';
import { useLocation } from 'wouter';
import { answerOf, api } from '../api/client.js';
import { useWords } from '../messages/language.tsx';
import { Button } from '../parts/Button.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Refusal } from '../parts/Failure.tsx';
import { Field } from '../parts/Field.tsx';
import { lastHolder } from './slot-holder.js';

type By = 'user' | 'arrival' | 'slot';

const NUMBER = /^[1-9][0-9]{0,18}$/;

/** The user id behind an arrival number or a slot; null where there is nobody. */
async function userOf(campaignId: string, by: By, value: string): Promise<string | null> {
  if (by === 'user') return value;
  const number = Number(value);
  const path = { id: campaignId };
  if (by === 'slot')
    return lastHolder((after) => {
      const params = { path, query: { grantSeq: number, after } };
      return answerOf(api.GET('/v1/campaigns/{id}/grants', { params }));
    });
  const params = { path, query: { limit: 1, arrivalFrom: number, arrivalTo: number } };
  const page = await answerOf(api.GET('/v1/campaigns/{id}/grants', { params }));
  return page.items[0]?.userId ?? null;
}

/** Leads from whatever number somebody has to the person behind it. */
export function FindPerson({ campaignId }: { readonly campaignId: string }) {
  const { m } = useWords();
  const [, go] = useLocation();
  const [by, setBy] = useState<By>('user');
  const [value, setValue] = useState('');
  const [isTried, setTried] = useState(false);
  const number = value.trim().replaceAll(',', '');
  const isNumber = NUMBER.test(number);
  const find = useMutation({
    mutationFn: () => userOf(campaignId, by, number),
    onSuccess: (userId) => {
      if (userId !== null) go(`/campaigns/${campaignId}/people/${userId}`);
    },
  });
  const nobody = by === 'slot' ? m.people.nobodySlot : m.people.nobody;
  return (
    <Form
      className="panel find"
      aria-label={m.people.find}
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (isNumber) find.mutate();
      }}
    >
      <h2>{m.people.find}</h2>
      <div className="find-row">
        <Choice
          {...{ label: m.people.by, value: by }}
          onChange={(next) => {
            setBy(next);
            find.reset();
          }}
          options={[
            ['user', m.people.byUser],
            ['arrival', m.people.byArrival],
            ['slot', m.people.bySlot],
          ]}
        />
        <Field
          {...{ label: m.people.value, value, inputMode: 'numeric', autoComplete: 'off' }}
          onChange={(next) => {
            setValue(next);
            find.reset();
          }}
          wrong={isTried && value !== '' && !isNumber ? m.people.notNumber : null}
        />
        <Button type="submit" weight="main" isDisabled={find.isPending}>
          {m.people.findNow}
        </Button>
      </div>
      <Refusal error={find.error} />
      {find.data === null ? (
        <p role="status" className="notice">
          {nobody}
        </p>
      ) : null}
    </Form>
  );
}
