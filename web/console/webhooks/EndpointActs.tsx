import { useState } from 'react';
import { answerOf, api } from '../api/client.js';
import type { WebhookEndpoint } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { ActDialog } from '../parts/ActDialog.tsx';
import { Choice } from '../parts/Choice.tsx';
import { ChangeEndpoint } from './ChangeEndpoint.tsx';
import { Replay } from './Replay.tsx';
import type { GivenSecret } from './SecretOnce.tsx';

interface EndpointActsProps {
  readonly endpoint: WebhookEndpoint;
  readonly onSecret: (given: GivenSecret) => void;
}

/** What can be done to an endpoint as it stands. An act that would be refused has no button. */
export function EndpointActs({ endpoint, onSecret }: EndpointActsProps) {
  const { m } = useWords();
  const words = m.webhooks;
  const { id, url, state, offReason, isReplaying } = endpoint;
  const params = { path: { id } };
  const turn = (next: 'ON' | 'OFF') => (reason: string) =>
    answerOf(api.PATCH('/v1/webhook-endpoints/{id}', { params, body: { state: next, reason } }));
  return (
    <div className="acts">
      {state === 'OFF' ? (
        <>
          <ActDialog
            {...{ label: words.turnOn, title: words.turnOnTitle, text: words.turnOnText, weight: 'main' }}
            run={turn('ON')}
          />
          {offReason === 'operator' ? null : (
            <ActDialog
              {...{ label: words.leaveOff, title: words.leaveOffTitle, text: words.leaveOffText }}
              run={turn('OFF')}
            />
          )}
        </>
      ) : (
        <ActDialog
          {...{ label: words.turnOff, title: words.turnOffTitle, text: words.turnOffText }}
          run={turn('OFF')}
        />
      )}
      <ChangeEndpoint endpoint={endpoint} />
      {isReplaying ? null : <Replay id={id} />}
      <Rotate endpoint={endpoint} onSecret={onSecret} />
      <ActDialog
        {...{ label: words.remove, title: words.removeTitle, text: words.removeText, weight: 'danger' }}
        {...{ confirmBy: new URL(url).host, reasoned: false }}
        run={() => answerOf(api.DELETE('/v1/webhook-endpoints/{id}', { params }))}
      />
    </div>
  );
}

const DAY_SECONDS = 86_400;

function Rotate({ endpoint: { id, url }, onSecret }: EndpointActsProps) {
  const { m } = useWords();
  const words = m.webhooks;
  const [previous, setPrevious] = useState<'day' | 'none'>('day');
  return (
    <ActDialog
      {...{ label: words.rotate, title: words.rotateTitle, text: words.rotateText }}
      onOpen={() => setPrevious('day')}
      run={async (reason) => {
        const body = { reason, previousValidForSeconds: previous === 'day' ? DAY_SECONDS : 0 };
        const params = { path: { id } };
        const given = await answerOf(
          api.POST('/v1/webhook-endpoints/{id}/secret-rotation', { params, body }),
        );
        onSecret({ url, secret: given.secret });
      }}
    >
      <Choice
        {...{ label: words.previous, value: previous, onChange: setPrevious }}
        options={[
          ['day', words.previousDay],
          ['none', words.previousNone],
        ]}
      />
    </ActDialog>
  );
}
