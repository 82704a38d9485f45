import { scheduleProblems, type StandingTimes } from '../../../web/console/campaigns/schedule-problems.js';

const now = Date.parse('2026-11-27T12:00:00Z');
const none: StandingTimes = { opensAt: null, closesAt: null };
const problems = (opens: string, closes: string, standing = none, mustOpenLater = false) =>
  scheduleProblems({ zone: 'UTC', opens, closes }, standing, now, mustOpenLater);

describe('the times of a campaign', () => {
  it('may be left out, or lie ahead', () => {
    expect(problems('', '')).toEqual({ opens: null, closes: null });
    expect(problems('2026-11-27T12:00:01', '2026-11-27T12:00:02')).toEqual({ opens: null, closes: null });
  });

  it('are refused when they are past, as the API does', () => {
    expect(problems('2026-11-27T11:58:59', '2026-11-27T11:59:59')).toEqual({ opens: 'past', closes: 'past' });
    expect(problems('2026-11-27T11:59:01', '')).toMatchObject({ opens: null }); // a minute is tolerated
    expect(problems('2026-11-27T11:59:59', '', none, true)).toMatchObject({ opens: 'past' });
  });

  it('may be past where they stood so and were left alone', () => {
    const standing = { opensAt: '2026-11-20T12:00:00.250Z', closesAt: null };
    expect(problems('2026-11-20T12:00:00', '', standing)).toMatchObject({ opens: null });
    expect(problems('2026-11-20T12:00:01', '', standing)).toMatchObject({ opens: 'past' });
  });

  it('must exist in their zone, and follow each other', () => {
    expect(problems('soon', 'later')).toEqual({ opens: 'gap', closes: 'gap' });
    expect(problems('2027-01-02T00:00', '2027-01-01T00:00')).toEqual({ opens: null, closes: 'turned' });
    expect(problems('', '', none, true)).toMatchObject({ opens: 'needed' });
  });
});
