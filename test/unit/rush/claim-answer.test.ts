import { readClaimAnswer } from '../../../verification/rush/claim-answer.js';

const place = (status: string, grantSeq: number | null): string =>
  JSON.stringify({
    ...{ campaignId: 'drop', userId: '42', status, grantSeq, arrivalNo: 7 },
    createdAt: '2026-12-01T01:00:00.000Z',
  });

describe('the answer to a claim in a rush', () => {
  it.each([
    ['PENDING', 3, 'accepted'],
    ['SUCCESS', 3, 'accepted'],
    ['FAILED', 3, 'accepted'],
    ['WAITING', null, 'waiting'],
    ['ENDED', null, 'waiting'],
  ])('with a place that is %s (slot %s) is %s', (status, grantSeq, outcome) => {
    const meaning = readClaimAnswer(200, place(status, grantSeq), 'drop', '42');
    expect(meaning).toMatchObject({ kind: 'definite', outcome, place: { status } });
  });

  it.each([
    ['of somebody who left: nobody does', place('LEFT', null)],
    ['about somebody else', place('PENDING', 3).replace('"42"', '"43"')],
    ['with a slot in the line', place('WAITING', 3)],
    ['that is no JSON', 'OK'],
  ])('%s is unexpected', (_, body) => {
    expect(readClaimAnswer(200, body, 'drop', '42')).toEqual({ kind: 'unexpected' });
  });
});
