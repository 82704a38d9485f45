import { readEnvironment } from '../../../src/platform/config/read-environment.js';
import { openTracing } from '../../../src/platform/tracing/open-tracing.js';

const loaded = jest.fn();
jest.mock('@opentelemetry/sdk-trace', () => {
  loaded();
  return jest.requireActual<object>('@opentelemetry/sdk-trace');
});

const NEEDED = {
  DATABASE_URL: 'postgres://user:password@localhost/db',
  REDIS_URL: 'redis://localhost',
  JWT_SECRET: 'a secret for tests alone, long enough for HS256',
};
const COLLECTOR = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

it('loads nothing of OpenTelemetry and makes no span, unless a collector is configured', async () => {
  await import('../../../src/create-app.js'); // with all modules of all roles
  for (const variables of [NEEDED, { ...NEEDED, ...COLLECTOR, OTEL_SDK_DISABLED: 'true' }]) {
    const tracing = await openTracing(readEnvironment(variables));
    expect(tracing.isOn).toBe(false);
    await tracing.run('claims', {}, () => {
      tracing.note({ new: 1 });
      expect([tracing.here, tracing.ids]).toEqual([undefined, {}]);
      return Promise.resolve();
    });
    expect(tracing.originOf({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })).toBeUndefined();
  }
  expect(loaded).not.toHaveBeenCalled();

  expect((await openTracing(readEnvironment({ ...NEEDED, ...COLLECTOR }))).isOn).toBe(true);
  expect(loaded).toHaveBeenCalled();
});
