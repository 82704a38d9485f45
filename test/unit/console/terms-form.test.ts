import { termsChange, termsForm } from '../../../web/console/campaigns/terms-form.js';

const standing = { revision: 7, name: 'Spring', opensAt: '2031-01-01T00:00:00.250Z', closesAt: null };
const form = termsForm(standing, 'Asia/Seoul');

describe('the form that edits a campaign', () => {
  it('shows what stands, and sends nothing of it back', () => {
    expect(form).toMatchObject({
      name: 'Spring',
      schedule: { opens: '2031-01-01T09:00:00', closes: '' },
    });
    expect(termsChange(form)).toEqual({});
  });

  it('sends what was changed in it, and only that', () => {
    expect(termsChange({ ...form, name: ' Summer ' })).toEqual({ name: 'Summer' });
    const { schedule } = form;
    expect(termsChange({ ...form, schedule: { ...schedule, opens: '' } })).toEqual({ opensAt: null });
    expect(termsChange({ ...form, schedule: { ...schedule, closes: '2031-01-02T09:00' } })).toEqual({
      closesAt: '2031-01-02T00:00:00.000Z',
    });
  });
});
