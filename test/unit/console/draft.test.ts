import { campaignOf, type Draft, wrongFields } from '../../../web/console/campaigns/draft.js';

const draft: Draft = {
  ...{
    id: 'ten-won',
    name: ' 10원 나눔 ',
    capacity: '1,000',
    amount: '10',
    currency: 'KRW',
    waitingCapacity: '',
  },
  ...{ reversalPolicy: 'keep', payoutProvider: '', eligibility: 'everybody' },
  schedule: { zone: 'Asia/Seoul', opens: '2026-12-01T10:00', closes: '' },
};

describe('the form of a new campaign', () => {
  it('sends what was typed, in the API’s units', () => {
    expect(campaignOf(draft)).toEqual({
      ...{ id: 'ten-won', name: '10원 나눔', capacity: 1_000, amount: 10, currency: 'KRW' },
      ...{ reversalPolicy: 'keep', eligibility: 'everybody', opensAt: '2026-12-01T01:00:00.000Z' },
    });
    expect(campaignOf({ ...draft, waitingCapacity: '0', currency: 'USD', amount: '0.5' })).toMatchObject({
      ...{ waitingCapacity: 0, amount: 50 },
    });
  });

  it.each([
    ['id', 'Ten won'],
    ['id', '-a'],
    ['id', 'a'.repeat(64)],
    ['name', '   '],
    ['capacity', '0'],
    ['capacity', '1.5'],
    ['capacity', '10000001'],
    ['amount', '0'],
    ['amount', '10.5'],
    ['waitingCapacity', '-1'],
    ['currency', ''],
  ] as const)('refuses %s: %j, as the API does', (field, value) => {
    const wrong = { ...draft, [field]: value };
    expect([...wrongFields(wrong)]).toEqual([field]);
    expect(campaignOf(wrong)).toBeNull();
  });

  it('needs a time to open if only people on a list may claim', () => {
    const listed: Draft = { ...draft, eligibility: 'list' };
    expect(campaignOf(listed)).toMatchObject({ eligibility: 'list' });
    expect(campaignOf({ ...listed, schedule: { ...draft.schedule, opens: '' } })).toBeNull();
  });
});
