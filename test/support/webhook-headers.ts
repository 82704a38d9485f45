import { createHmac } from 'node:crypto';

/** The headers of a webhook that is sent now, as docs/payout-provider.md defines them. */
export function webhookHeaders(
  secret: string,
  id: string,
  body: Buffer,
): readonly (readonly [name: string, value: string])[] {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return [
    ['webhook-id', id],
    ['webhook-timestamp', timestamp],
    ['webhook-signature', `v1,${signature}`],
  ];
}
