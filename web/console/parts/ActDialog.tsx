import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Dialog, DialogTrigger, Form, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { attentionQuery } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { Button, type Weight } from './Button.tsx';
import { Refusal } from './Failure.tsx';
import { Field } from './Field.tsx';

interface ActDialogProps {
  /** What the button says: on the page, and again in the dialog. */
  readonly label: string;
  readonly title: string;
  /** What will happen, and whether it can be undone. */
  readonly text: string;
  readonly weight?: Weight;
  /** Has to be typed: for what can not be undone. */
  readonly confirmBy?: string;
  /** Whether the API keeps a reason for this act; then it has to be given. */
  readonly reasoned?: boolean;
  /** More to decide, and whether it is decided. */
  readonly children?: ReactNode;
  readonly isReady?: boolean;
  /** Whenever the dialog opens: what was entered and cancelled before must not be there any more. */
  readonly onOpen?: () => void;
  readonly run: (reason: string) => Promise<unknown>;
  readonly onDone?: () => void;
}

/** A button that does something to the campaign or its money: it says what, and asks why before it does it. */
export function ActDialog({ label, title, text, weight = 'plain', onOpen, ...rest }: ActDialogProps) {
  return (
    <DialogTrigger
      onOpenChange={(isOpen) => {
        if (isOpen) onOpen?.();
      }}
    >
      <Button weight={weight}>{label}</Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog>
            {({ close }) => (
              <>
                <Heading slot="title">{title}</Heading>
                <p>{text}</p>
                <ActForm
                  {...rest}
                  label={label}
                  weight={weight === 'danger' ? 'danger' : 'main'}
                  close={close}
                />
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

/** The service's list of what needs attention may be so old. */
const ANSWER_AGE_MS = 1_500;

const SHORTEST_REASON = 2;
const LONGEST_REASON = 500;

type ActFormProps = Omit<ActDialogProps, 'title' | 'text' | 'onOpen'> & { readonly close: () => void };

function ActForm({
  label,
  weight,
  confirmBy,
  reasoned = true,
  children,
  isReady = true,
  run,
  onDone,
  close,
}: ActFormProps) {
  const { m } = useWords();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const act = useMutation({
    mutationFn: run,
    onSuccess: async () => {
      close();
      onDone?.();
      await queries.invalidateQueries();
      setTimeout(() => void queries.invalidateQueries({ queryKey: attentionQuery.queryKey }), ANSWER_AGE_MS);
    },
  });
  const isReasoned = !reasoned || reason.trim().length >= SHORTEST_REASON;
  const isConfirmed = confirmBy === undefined || typed === confirmBy;
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReasoned && isConfirmed && isReady && !act.isPending) act.mutate(reason.trim());
      }}
    >
      {children}
      {reasoned ? (
        <Field
          {...{ label: m.act.reason, help: m.act.reasonHelp, lines: 2, value: reason, onChange: setReason }}
          {...{
            maxLength: LONGEST_REASON,
            autoFocus: children === undefined,
            isRequired: true,
            validationBehavior: 'aria',
          }}
        />
      ) : null}
      {confirmBy === undefined ? null : (
        <Field
          {...{ label: m.act.confirm(confirmBy), value: typed, onChange: setTyped, autoComplete: 'off' }}
          wrong={typed !== '' && !confirmBy.startsWith(typed) ? m.act.confirmWrong(confirmBy) : null}
        />
      )}
      <Refusal error={act.error} />
      <div className="dialog-buttons">
        <Button onPress={close}>{m.act.cancel}</Button>
        {/* Not disabled while it works: the keyboard would lose its place. */}
        <Button type="submit" weight={weight ?? 'main'} isDisabled={!isReasoned || !isConfirmed || !isReady}>
          {act.isPending ? m.act.working : label}
        </Button>
      </div>
    </Form>
  );
}
