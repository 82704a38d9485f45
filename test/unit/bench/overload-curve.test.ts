import {
  curvePoint,
  curveTable,
  medianCurve,
  multiples,
  stepName,
} from '../../../bench/figures/overload/overload-curve.js';
import { FloodRecord } from '../../../bench/generator/flood-record.js';
import { drawCurves } from '../../../bench/report/curve-picture.js';

function recordOf(planned: number, answers: readonly [status: number, retryAfter?: string][]): FloodRecord {
  const record = new FloodRecord(planned);
  for (const [index, [status, retryAfter]] of answers.entries()) {
    record.sent++;
    record.answered(status, retryAfter, index + 1);
  }
  return record;
}

describe('the record of a flood', () => {
  it('counts served, shed and failed claims, and 503s without Retry-After', () => {
    const record = recordOf(9, [[202], [409], [200], [503, '1'], [503], [500], [401]]);
    record.sent++;
    record.unanswered('a broken connection');
    expect(record.step).toMatchObject({
      ...{ planned: 9, sent: 8, served: 3, shed: 2, shedWithoutRetryAfter: 1, failed: 3, why: 'status 500' },
      servedMs: { p50: 2, max: 3 },
      shedMs: { p50: 5, max: 5 },
    });
  });

  it('counts claims that waited for a connection, but not their latency', () => {
    const record = new FloodRecord(1);
    record.answered(202, undefined, undefined);
    expect(record.step).toMatchObject({ served: 1, servedMs: { max: 0 } });
  });
});

describe('the curve of overload', () => {
  const { step } = recordOf(40, [[202], [202], [503, '1'], [500]]);
  const point = curvePoint(step, 2, 0.75);

  it('has rates per second', () => {
    expect(point).toMatchObject({ planned: 20, offered: 2, served: 1, shed: 0.5, failed: 0.5, live: 0.75 });
  });

  it('has the median over the rounds of each number separately', () => {
    const rounds = [3, 1, 2].map((served) => [{ ...point, served, shed: 10 - served }]);
    expect(medianCurve(rounds)).toEqual([{ ...point, served: 2, shed: 8 }]);
  });

  it('names its steps by their multiple, and distinguishes the last from the first', () => {
    const names = multiples.map((_, index) => stepName(index));
    expect(names).toEqual(['0.5x', '1x', '2x', '5x', '10x', '0.5x again']);
  });

  it('shows no latencies if nothing was served, and no liveness if it was not checked', () => {
    const line = curveTable([{ ...point, served: 0, servedP99: 77, live: NaN }]).split('\n')[1] ?? '';
    expect(line).toContain('0.500');
    expect(line).not.toContain('77');
    expect(line).not.toContain('%');
  });

  it('is drawn as bars of the offered rate, divided by outcome', () => {
    const drawn = drawCurves([{ title: 'A variant', curve: [point] }], stepName, 'a caption');
    const lengths = [...drawn.matchAll(/<rect x="[\d.]+" y="\d+" width="([\d.]+)"/g)].map(([, length]) =>
      Number(length),
    );
    expect(lengths).toEqual([165, 82.5, 82.5]);
    expect(drawn).toContain('A variant');
  });
});
