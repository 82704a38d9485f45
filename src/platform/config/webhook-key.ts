const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** What Standard Webhooks allows. */
const BYTES_MIN = 24;
const BYTES_MAX = 64;

/**
 * The key that a webhook secret stands for: of one that begins with `whsec_`, as Standard Webhooks writes and its libraries read
 * it, the bytes that the base64 behind it says; of any other the bytes of its text as they are.
 * @throws Error that says what is wrong with a `whsec_` secret, without any part of it
 */
export function webhookKey(secret: string): Buffer {
  if (!secret.startsWith(PREFIX)) return Buffer.from(secret);
  const encoded = secret.slice(PREFIX.length);
  const key = Buffer.from(encoded, 'base64');
  const isCanonical = key.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  if (!BASE64.test(encoded) || !isCanonical) throw new Error(`must have base64 behind ${PREFIX}`);
  if (key.length < BYTES_MIN || key.length > BYTES_MAX) {
    throw new Error(`must have ${BYTES_MIN} to ${BYTES_MAX} bytes, in base64, behind ${PREFIX}`);
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
