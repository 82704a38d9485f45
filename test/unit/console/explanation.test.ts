import { ProblemError } from '../../../web/console/api/problem.js';
import { en } from '../../../web/console/messages/en.js';
import { ko } from '../../../web/console/messages/ko.js';
import { explanation } from '../../../web/console/parts/explanation.js';

const refused = (status: number, body: object): ProblemError =>
  ProblemError.of(new Response(null, { status }), body);

describe('what a refusal means', () => {
  it('is told in the words of the viewer', () => {
    expect(explanation(refused(403, { code: 'forbidden', detail: 'This needs a scope.' }), ko)).toBe(
      ko.problem.forbidden,
    );
    expect(explanation(refused(502, { code: 'never-heard-of' }), en)).toBe(en.failedUnavailable);
    expect(explanation(new TypeError('Failed to fetch'), en)).toBe(en.failedOffline);
  });

  it('points at the fields only where some are named', () => {
    const detail = 'opensAt is in the past. To open at once, leave it out.';
    const errors = [{ field: 'name', message: 'name must not be empty' }];
    expect(explanation(refused(400, { code: 'invalid-request', detail, errors }), en)).toBe(
      en.problem['invalid-request'],
    );
    expect(explanation(refused(400, { code: 'invalid-request', detail }), en)).toBe(detail);
  });

  it('names the limit of a budget, which only the API knows; a treasury that has too little is another thing', () => {
    const detail = 'capacity x amount may be at most 10000000.';
    expect(explanation(refused(400, { code: 'over-budget', detail }), en)).toBe(detail);
    expect(explanation(refused(409, { code: 'over-budget', detail }), en)).toBe(en.problem['over-budget']);
  });
});
