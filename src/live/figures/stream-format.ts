import type { LiveFiguresView } from './figures.dto.js';

/** A rush, four seconds after the opening. */
const FIGURES: LiveFiguresView = {
  at: new Date('2026-12-01T09:00:04.120Z'),
  ...{ campaignId: 'spring-drop', state: 'OPEN', finished: false, capacity: 30_000 },
  postgres: {
    ...{ readAt: new Date('2026-12-01T09:00:04.090Z'), asOf: new Date('2026-12-01T09:00:03.900Z') },
    ...{ available: 21_980, processing: 1_240, settled: 6_780 },
    ...{ waiting: 0, failed: 3, ended: 0, left: 0 },
  },
  gate: {
    asOf: new Date('2026-12-01T09:00:04.120Z'),
    ...{ available: 21_410, processing: 1_810, settled: 6_780, waiting: 0 },
  },
  differs: false,
  rates: { accepted: 2_040.3, waitlisted: 0, soldOut: 0, refused: 12.7, unavailable: 0, paid: 1_730 },
  latencyMs: { p50: 18, p99: 74 },
  ...{ oldestUnpaidMs: 640, inDoubt: 0, held: 0, payoutsStopped: false },
};

/** The stream of figures, as the OpenAPI document describes it. */
export const FIGURES_STREAM = {
  type: 'string',
  description:
    'Server-sent events. `event: figures`, with LiveFiguresView as one line of JSON as its `data:`; other events may come. ' +
    'A line that begins with a colon is a comment',
  example: `retry: 2000\n\nevent: figures\ndata: ${JSON.stringify(FIGURES)}\n\n: here\n\n`,
} as const;
