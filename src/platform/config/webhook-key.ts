const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The key lengths that Standard Webhooks allows. */
const BYTES_MIN = 24;
const BYTES_MAX = 64;

/**
 * The key that a webhook secret stands for. If the secret begins with `whsec_`, as Standard Webhooks writes it and its
 * libraries read it: the bytes encoded by the base64 after the prefix. Otherwise: the bytes of the text itself.
 * @throws Error that says what is wrong with a `whsec_` secret without quoting any part of it
 */
export function webhookKey(secret: string): Buffer {
  if (!secret.startsWith(PREFIX)) return Buffer.from(secret);
  const encoded = secret.slice(PREFIX.length);
  const key = Buffer.from(encoded, 'base64');
  const isCanonical = key.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  if (!BASE64.test(encoded) || !isCanonical) throw new Error(`must have base64 after ${PREFIX}`);
  if (key.length < BYTES_MIN || key.length > BYTES_MAX) {
    throw new Error(`must have ${BYTES_MIN} to ${BYTES_MAX} bytes, in base64, after ${PREFIX}`);
  }
  return key;
}

/** For `AreSecrets`. */
export function complaintAboutWebhookSecret(secret: string): string | undefined {
  try {
    webhookKey(secret);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
