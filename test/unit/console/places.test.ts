import { isDeletable } from '../../../web/console/campaigns/deletable.js';
import { isEveryPlaceTaken } from '../../../web/console/people/places.js';

describe('whether every place is taken', () => {
  const at = '2026-11-26T01:00:00.000Z';
  const figures = (available: number, waiting: number) => ({
    ...{ state: 'OPEN' as const, finished: false },
    postgres: {
      ...{ readAt: at, asOf: at, available, waiting, processing: 0, settled: 0 },
      ...{ failed: 0, ended: 0, left: 0 },
    },
  });

  const line = (waitingCapacity: number, endedAt: string | null = null) => ({ waitingCapacity, endedAt });

  it('it is not while a slot is free, or a place in the line', () => {
    expect(isEveryPlaceTaken(figures(1, 0), line(0))).toBe(false);
    expect(isEveryPlaceTaken(figures(0, 1), line(2))).toBe(false);
  });

  it('it is once both are full, or the line takes nobody any more', () => {
    expect(isEveryPlaceTaken(figures(0, 0), line(0))).toBe(true);
    expect(isEveryPlaceTaken(figures(0, 2), line(2))).toBe(true);
    expect(isEveryPlaceTaken({ ...figures(0, 0), finished: true }, line(2))).toBe(true);
    expect(isEveryPlaceTaken({ ...figures(0, 1), state: 'CLOSED' }, line(2))).toBe(true);
    expect(isEveryPlaceTaken(figures(0, 0), line(2, at))).toBe(true); // the line has ended, and is empty
    expect(isEveryPlaceTaken({ ...figures(1, 0), finished: true }, line(0))).toBe(false);
  });
});

describe('a campaign that may be deleted', () => {
  const gate = { asOf: '2026-11-26T01:00:00.000Z', available: 3, processing: 0, settled: 0, waiting: 0 };
  const stats = { capacity: 3, gate, postgres: { lastArrivalNo: 0 } };

  it('is one that nobody has claimed', () => {
    expect(isDeletable({ archivedAt: null }, stats)).toBe(true);
    expect(isDeletable({ archivedAt: null }, { ...stats, gate: null })).toBe(true);
    expect(isDeletable({ archivedAt: null }, { ...stats, postgres: { lastArrivalNo: 1 } })).toBe(false);
    expect(
      isDeletable({ archivedAt: null }, { ...stats, gate: { ...gate, available: 2, processing: 1 } }),
    ).toBe(false);
    expect(isDeletable({ archivedAt: null }, { ...stats, gate: { ...gate, waiting: 1 } })).toBe(false);
  });

  it('is none that was archived, whose rows may be gone', () => {
    expect(isDeletable({ archivedAt: '2026-11-26T01:00:00.000Z' }, { ...stats, gate: null })).toBe(false);
  });
});
