import { SilenceWatch } from '../../src/platform/postgres/silence-watch.js';
import type { Session } from '../../src/platform/postgres/session.js';

/** A session that has waited for an answer of `url` since long. */
function silentSession(url: string): Session & { spoil: jest.Mock } {
  return { url, pid: 1, statementNo: 1, silentForMs: 60_000, spoil: jest.fn() } as never;
}

describe('A statement that no server is working on', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] }));
  afterEach(() => jest.useRealTimers());

  it('is given up at the second look although its server can not be asked, when another has taken its place', async () => {
    const unusable = silentSession('postgres://%');
    const watch = new SilenceWatch(new Set([unusable]), () => 'postgres://another', {} as never);
    watch.begin();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(unusable.spoil).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(unusable.spoil).toHaveBeenCalledTimes(1);
  });

  it('is left alone as long as the server that can not be asked is the one that answers now', async () => {
    const atHome = silentSession('postgres://%');
    const watch = new SilenceWatch(new Set([atHome]), () => 'postgres://%', {} as never);
    watch.begin();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(atHome.spoil).not.toHaveBeenCalled();
  });
});
