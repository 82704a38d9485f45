import type { ProviderRequest } from '../../src/payouts/payout-port.js';
import { HttpProviderAdapter } from '../../src/payouts/by-provider/http-provider-adapter.js';
import type { Environment } from '../../src/platform/config/environment.js';
import { NoTracing } from '../../src/platform/tracing/no-tracing.js';

/** Names being looked up: each look-up takes a thread. No server answers. */
const lookedUp: string[] = [];
jest.mock('node:dns/promises', () => ({
  ...jest.requireActual<object>('node:dns/promises'),
  lookup: (name: string) => {
    lookedUp.push(name);
    return new Promise(() => undefined);
  },
}));

it('a provider whose name no server answers keeps one thread, however many calls wait for it', async () => {
  const provider = new HttpProviderAdapter(
    {
      ...{
        PAYOUT_HTTP_URL: 'http://bank.example',
        PAYOUT_HTTP_SECRET: 'a secret',
        PAYOUT_HTTP_CONCURRENCY: 8,
      },
      ...{ PAYOUT_HTTP_TIMEOUT_MS: 300, PAYOUT_HTTP_RESPONSE_LIMIT_BYTES: 1_000 },
    } as Environment,
    new NoTracing(),
  );
  const calls = Array.from({ length: 8 }, (_, n) =>
    provider.find({ idempotencyKey: `k${n}` } as ProviderRequest),
  );
  expect(await Promise.all(calls)).toEqual(Array(8).fill({ kind: 'refused', why: 'time-out' }));
  expect(lookedUp).toEqual(['bank.example']);
  await provider.onApplicationShutdown();
});
