import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { pause, retryDelay } from '../../../client/persistence.js';
import { ProblemError, retryAfterMs } from '../../../client/problem-error.js';
import { SeonchakClient } from '../../../client/seonchak-client.js';

describe('the wait before a request is sent again', () => {
  it('is drawn below a bound that doubles up to 8 s', () => {
    const most = [1, 2, 3, 4, 5, 6, 50].map((failures) => retryDelay(failures, null, 1));
    expect(most).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
    expect([1, 5].map((failures) => retryDelay(failures, null, 0))).toEqual([0, 0]);
    expect(retryDelay(3, null, 0.25)).toBe(500);
  });

  it('is never shorter than what the service asked for', () => {
    expect(retryDelay(1, 7_000, 0.5)).toBe(7_000);
    expect(retryDelay(5, 1_000, 0.5)).toBe(4_000);
  });
});

it('Retry-After is read in seconds or as a date', () => {
  const of = (text: string) => retryAfterMs(new Headers({ 'Retry-After': text }), Date.UTC(2026, 10, 27, 9));
  expect(['0', '2', '120'].map(of)).toEqual([0, 2_000, 120_000]);
  expect(of('Fri, 27 Nov 2026 09:00:05 GMT')).toBe(5_000);
  expect(of('Fri, 27 Nov 2026 08:59:00 GMT')).toBe(0);
  expect(['soon', '-1', '1.5s'].map(of)).toEqual([null, null, null]);
  expect(retryAfterMs(new Headers())).toBeNull();
});

describe('whatever an answer asks for', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('a claim is looked at once a second at most', async () => {
    let looks = 0;
    const client = new SeonchakClient({
      baseUrl: 'https://give.example',
      fetch: () => {
        looks++;
        return Promise.resolve(new Response('{"final":false}', { headers: { 'Retry-After': '0' } }));
      },
    });
    const following = client.follow('drop');
    await following.next();
    const changed = following.next();
    await jest.advanceTimersByTimeAsync(999);
    expect(looks).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    await changed;
    expect(looks).toBe(2);
  });

  it('a pause of a month is none of a millisecond', async () => {
    let isOver = false;
    const ended = pause(30 * 86_400_000, undefined).then(() => (isOver = true));
    await jest.advanceTimersByTimeAsync(20 * 86_400_000);
    expect(isOver).toBe(false);
    await jest.advanceTimersByTimeAsync(10 * 86_400_000);
    await ended;
  });
});

it('a refusal that is no problem document is one all the same', () => {
  for (const body of ['<html>', '', 'null', '"code"', '{}']) {
    const error = ProblemError.of({ status: 502, headers: new Headers() }, body);
    expect([error.status, error.code, error.problem, error.message]).toEqual([
      ...[502, 'unknown', null, 'The answer was 502.'],
    ]);
  }
});

// What has a default need not be sent: --default-non-nullable=false.
it('is typed by the openapi.json of this release (npm run openapi writes both)', async () => {
  const program = 'node_modules/openapi-typescript/bin/cli.js';
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, 'openapi.json', '--default-non-nullable=false'],
    { maxBuffer: 10_000_000 },
  );
  expect(stdout.trim()).toBe(readFileSync('client/openapi.ts', 'utf8').trim());
});

it('is a package without dependencies', () => {
  const described = JSON.parse(readFileSync('client/package.json', 'utf8')) as Record<string, unknown>;
  for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies'])
    expect(described).not.toHaveProperty(kind);
});
