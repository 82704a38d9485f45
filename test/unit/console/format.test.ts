import { Format, minorUnits } from '../../../web/console/format/format.js';
import { instantOf, wallTime } from '../../../web/console/format/zoned-time.js';

describe('amounts', () => {
  it('are entered as people write them', () => {
    expect(minorUnits('10', 'KRW')).toBe(10);
    expect(minorUnits('1,000', 'KRW')).toBe(1_000);
    expect(minorUnits('10', 'USD')).toBe(1_000);
    expect(minorUnits('10.5', 'USD')).toBe(1_050);
    expect(minorUnits(' 0.05 ', 'USD')).toBe(5);
  });

  it('are refused when they are none, or finer than the currency', () => {
    for (const typed of ['', '-1', '1e3', '10.', 'ten', '0.001']) expect(minorUnits(typed, 'USD')).toBeNull();
    expect(minorUnits('10.5', 'KRW')).toBeNull();
  });

  it('are shown with their currency', () => {
    expect(new Format('en', 'UTC').money(1_050, 'USD')).toBe('$10.50');
    expect(new Format('ko', 'UTC').money(10, 'KRW')).toBe('₩10');
  });
});

describe('times', () => {
  const f = new Format('en', 'Asia/Seoul');

  it('are shown in the viewer’s zone, to the second or the millisecond', () => {
    expect(f.clock('2026-11-26T05:03:22.412Z')).toBe('14:03:22');
    expect(f.precise('2026-11-26T05:03:22.412Z')).toBe('Nov 26, 14:03:22.412');
    expect(f.moment('2026-11-26T15:00:00Z')).toBe('Nov 27, 2026, 00:00 GMT+9');
  });

  it('that take long are told in the unit that fits', () => {
    expect([18, 1_500, 42_000, 200_000, 3_900_000, 180_000_000].map((ms) => f.duration(ms))).toEqual([
      '18 ms',
      '1.5 sec',
      '42 sec',
      '3 min 20 sec',
      '1 hr 5 min',
      '2 days',
    ]);
  });
});

describe('a time on the clock of a zone', () => {
  it('is an instant, and is shown as the same time again', () => {
    expect(instantOf('2026-12-01T18:00', 'Asia/Seoul')).toBe('2026-12-01T09:00:00.000Z');
    expect(instantOf('2026-12-01T18:00:30', 'UTC')).toBe('2026-12-01T18:00:30.000Z');
    expect(wallTime('2026-12-01T09:00:00.000Z', 'Asia/Seoul')).toBe('2026-12-01T18:00:00');
  });

  it('is the first one where clocks are set back, and none where they are set forward', () => {
    expect(instantOf('2026-11-01T01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
    expect(instantOf('2026-03-08T02:30', 'America/New_York')).toBeNull();
    expect(instantOf('2026-03-08T03:30', 'America/New_York')).toBe('2026-03-08T07:30:00.000Z');
  });

  it('is none when it is no time', () => {
    expect(instantOf('soon', 'UTC')).toBeNull();
  });
});
