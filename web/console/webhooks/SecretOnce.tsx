import { useWords } from '../messages/language.tsx';
import { Button } from '../parts/Button.tsx';

/** A secret that the API has just given out, and whose it is. It is kept in this page alone. */
export interface GivenSecret {
  readonly url: string;
  readonly secret: string;
}

/** Shows a secret, until the operator has stored it: nobody is shown it again. */
export function SecretOnce({
  given: { url, secret },
  onStored,
}: {
  readonly given: GivenSecret;
  readonly onStored: () => void;
}) {
  const { m } = useWords();
  return (
    <div className="notice notice-watch" role="status">
      <p>
        <strong>{m.webhooks.secretOf(url)}</strong>
      </p>
      <p>
        <code className="secret">{secret}</code>
      </p>
      <p>{m.webhooks.secretOnce}</p>
      <Button onPress={onStored}>{m.webhooks.stored}</Button>
    </div>
  );
}
