import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { IsTime } from '../../src/platform/http/is-time.js';

class WithTime {
  @IsTime({ since1970: true })
  readonly closesAt?: unknown;
}

class WithFilter {
  @IsTime()
  readonly createdFrom?: unknown;
}

/** What is wrong with a time; empty when nothing is. */
const complaints = (closesAt: unknown): string[] =>
  validateSync(plainToInstance(WithTime, { closesAt })).flatMap(({ constraints = {} }) =>
    Object.values(constraints),
  );

describe('IsTime', () => {
  it.each(['1970-01-01T00:00:00Z', '1970-01-01T09:00:00+09:00', '2026-12-01T09:00:00.5Z'])(
    'takes %s',
    (time) => {
      expect(complaints(time)).toEqual([]);
    },
  );

  it.each(['1969-12-31T23:59:59.999Z', '1970-01-01T08:59:59+09:00', '0001-01-01T00:00:00Z'])(
    'refuses %s, which the public log has no number for, and names the field',
    (time) => {
      expect(complaints(time)).toEqual(['closesAt is before 1970']);
    },
  );

  it('takes any time where the log does not tell of it', () => {
    expect(validateSync(plainToInstance(WithFilter, { createdFrom: '0000-01-01T00:00:00Z' }))).toEqual([]);
  });

  it('still says what else is wrong with a time', () => {
    expect(complaints('2026-02-30T09:00:00Z')).toEqual([
      'closesAt is no time that exists: check day, hour, minute and second',
    ]);
    expect(complaints(5)[0]).toMatch(/^closesAt must be an RFC 3339 time/);
  });
});
