import type { LiveFigures } from '../../../web/console/api/live.js';
import { consolePath } from '../../../web/console/attention/console-path.js';
import { liveLine, seriesLine } from '../../../web/console/now/chart-lines.js';
import { judge } from '../../../web/console/now/verdict.js';

const at = '2026-11-26T01:00:00.000Z';
const counts = { asOf: at, available: 60, processing: 10, settled: 30, waiting: 0 };
const postgres = { ...counts, readAt: at, failed: 1, ended: 0, left: 0 };
const rates = { accepted: 5, waitlisted: 0, soldOut: 0, refused: 0, unavailable: 0, paid: 4 };
const good: LiveFigures = {
  ...{ at, campaignId: 'drop', state: 'OPEN', finished: false, capacity: 100 },
  ...{ postgres, gate: counts, differs: false, rates },
  ...{ latencyMs: { p50: 3, p99: 12 }, oldestUnpaidMs: 900, inDoubt: 0, held: 0, payoutsStopped: false },
};
const reasons = (figures: Partial<LiveFigures>, toApprove = 0, isAllStopped = false): string[] =>
  judge({ ...good, ...figures }, toApprove, isAllStopped).reasons.map(({ reason }) => reason);

describe('the verdict on a campaign', () => {
  it('is good while everything that was promised is being paid', () => {
    expect(judge(good, 0, false)).toEqual({ level: 'good', reasons: [] });
    expect(judge({ ...good, rates: null, latencyMs: null, oldestUnpaidMs: null }, 0, false).level).toBe(
      'good',
    );
  });

  it('wants a human for what does not pass by itself, worst first', () => {
    expect(judge({ ...good, held: 3 }, 0, false)).toEqual({
      level: 'act',
      reasons: [{ reason: 'payouts-held', level: 'act', count: 3 }],
    });
    expect(reasons({ capacity: 101, payoutsStopped: true, inDoubt: 2 }, 1)).toEqual([
      ...['does-not-add-up', 'payouts-stopped', 'decision-to-approve', 'payouts-in-doubt'],
    ]);
    expect(reasons({ differs: true })).toEqual(['gate-differs']);
    expect(reasons({ oldestUnpaidMs: 61_000 })).toEqual(['oldest-unpaid']);
  });

  it('asks to keep an eye on what should pass by itself', () => {
    expect(judge({ ...good, inDoubt: 2 }, 0, false).level).toBe('watch');
    expect(reasons({ gate: null })).toEqual(['gate-away']);
    expect(reasons({ gate: null, state: 'CLOSED' })).toEqual([]);
    expect(reasons({ gate: null, finished: true })).toEqual([]); // it has none any more
    expect(reasons({ rates: { ...rates, unavailable: 0.3 } })).toEqual(['unavailable']);
  });

  it('is not good on what Postgres said a while ago, whatever it said', () => {
    const old = (ms: number) => ({
      postgres: { ...postgres, readAt: new Date(Date.parse(at) - ms).toISOString() },
    });
    expect(judge({ ...good, ...old(2_001) }, 0, false)).toEqual({
      level: 'watch',
      reasons: [{ reason: 'postgres-away', level: 'watch', count: null }],
    });
    expect(reasons(old(2_000))).toEqual([]); // one reading may be slow
    expect(reasons({ ...old(60_000), held: 1 })).toEqual(['postgres-away', 'payouts-held']);
    expect(reasons({ ...old(60_000), differs: true })).toEqual(['postgres-away']); // the gate just moves on
  });

  it('is good on what was counted a while ago, as long as Postgres is read: a large campaign is counted seldom', () => {
    const counted = new Date(Date.parse(at) - 20_000).toISOString();
    expect(judge({ ...good, postgres: { ...postgres, asOf: counted } }, 0, false).level).toBe('good');
  });

  it('tells a stop of all payouts from that of one campaign: they are resumed at different places', () => {
    expect(reasons({ payoutsStopped: true })).toEqual(['payouts-stopped']);
    expect(reasons({ payoutsStopped: true }, 0, true)).toEqual(['all-payouts-stopped']);
  });

  it('names a long wait once: not besides what causes it', () => {
    expect(reasons({ oldestUnpaidMs: 90_000, payoutsStopped: true })).toEqual(['payouts-stopped']);
    expect(reasons({ oldestUnpaidMs: 90_000, held: 1 })).toEqual(['payouts-held']);
  });
});

describe('lines of a chart', () => {
  it('are broken where nothing is known, and not drawn across', () => {
    const later = { ...good, at: '2026-11-26T01:00:30.000Z' };
    expect(liveLine([good, later]).map(({ accepted }) => accepted)).toEqual([5, null, 5]);
  });

  it('of the last minutes begin with the steps that are known from before the page was opened', () => {
    const slots = { available: 1, processing: 0, settled: 0, waiting: 0 };
    const step = (time: string) => ({
      ...slots,
      ...rates,
      at: `2026-11-26T${time}.000Z`,
      accepted: 20,
      p99Ms: 9,
    });
    const steps = ['00:54:50', '00:58:00', '00:59:40', '00:59:50', '01:00:00'].map(step);
    const now = { ...good, at: '2026-11-26T01:00:02.000Z' };
    const points = liveLine([now], { stepMs: 10_000, items: steps });
    expect(points.map((point) => [point.at - Date.parse(at) / 1_000, point.accepted])).toEqual([
      [-120, 2], // the one before is older than five minutes
      [-110, null], // nothing is known of the steps between
      [-20, 2],
      [-10, 2],
      [2, 5], // instead of the step in which it lies
    ]);
  });

  it('show the line, the oldest unpaid and what is in doubt, as long as Postgres can tell', () => {
    const now = { ...good, postgres: { ...good.postgres, waiting: 7 }, inDoubt: 2 };
    const old = { ...now, at: '2026-11-26T01:00:02.500Z' };
    const paid = { ...now, oldestUnpaidMs: null };
    expect(liveLine([now])).toMatchObject([{ waiting: 7, oldestUnpaidMs: 900, inDoubt: 2 }]);
    expect(liveLine([old])).toMatchObject([{ waiting: null, oldestUnpaidMs: null, inDoubt: null, paid: 4 }]);
    expect(liveLine([paid])).toMatchObject([{ oldestUnpaidMs: 0 }]);
  });

  it('show counts of steps as rates', () => {
    const slots = { available: 1, processing: 0, settled: 0, waiting: 0 };
    const step = { at, p99Ms: 20, ...slots, ...rates, accepted: 250 };
    expect(seriesLine([step], 10_000)[0]).toMatchObject({
      ...{ accepted: 25, paid: 0.4, p99Ms: 20, waiting: 0, inDoubt: null },
    });
  });
});

describe('a path of the API', () => {
  it.each([
    ['/v1/campaigns/drop/payouts?state=HELD', '/campaigns/drop/payouts?state=HELD'],
    ['/v1/campaigns/drop/payouts/42', '/campaigns/drop/people/42'],
    ['/v1/campaigns/drop/payout-decisions', '/campaigns/drop/payouts'],
    ['/v1/campaigns/drop/grants?status=PENDING', '/campaigns/drop/people'],
    ['/v1/campaigns/drop/grants/42/story', '/campaigns/drop/people/42'],
    ['/v1/campaigns/drop/figures', '/campaigns/drop'],
    ['/v1/admin-acts', '/trail'],
    ['https://elsewhere.example/', '/'],
  ])('%s is shown at %s', (api, path) => expect(consolePath(api)).toBe(path));
});
