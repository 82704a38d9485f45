import { useState } from 'react';
import { answerOf, api } from '../api/client.js';
import { instantOf } from '../format/zoned-time.js';
import { useWords } from '../messages/language.tsx';
import { ActDialog } from '../parts/ActDialog.tsx';
import { TimeField } from '../parts/TimeField.tsx';

/** Sends again what was recorded in a span of time, in the viewer's zone. */
export function Replay({ id }: { readonly id: string }) {
  const { m, f } = useWords();
  const words = m.webhooks;
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const start = instantOf(from, f.zone);
  const end = to === '' ? null : instantOf(to, f.zone);
  const isGap = (wall: string): boolean => wall !== '' && instantOf(wall, f.zone) === null;
  const isTurned = start !== null && end !== null && end < start;
  return (
    <ActDialog
      {...{ label: words.replay, title: words.replayTitle, text: words.replayText }}
      onOpen={() => {
        setFrom('');
        setTo('');
      }}
      isReady={start !== null && !isGap(to) && !isTurned}
      run={(reason) => {
        const body = { reason, from: start ?? '', ...(end === null ? {} : { to: end }) };
        return answerOf(api.POST('/v1/webhook-endpoints/{id}/replay', { params: { path: { id } }, body }));
      }}
    >
      <TimeField
        {...{ label: words.from, help: words.fromHelp, value: from, onChange: setFrom }}
        wrong={isGap(from) ? m.terms.timeGap : null}
      />
      <TimeField
        {...{ label: words.to, help: words.toHelp, value: to, onChange: setTo }}
        wrong={isGap(to) ? m.terms.timeGap : isTurned ? words.turned : null}
      />
    </ActDialog>
  );
}
