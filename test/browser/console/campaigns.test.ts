import type { Locator } from 'playwright-core';
import { expectAccessible, expectNoSidewaysScroll } from '../../support/accessibility.js';
import type { Client } from '../../support/client.js';
import { ConsoleStage } from '../../support/console-stage.js';
import { eventually } from '../../support/eventually.js';
import { rush, users } from '../../support/rush.js';
import { screenshot } from '../../support/screenshots.js';

let stage: ConsoleStage;
let client: Client;

beforeAll(async () => {
  stage = await ConsoleStage.start({ FINISH_AFTER_MS: '0' });
  ({ client } = stage);
});

afterEach(() => stage.clear());

afterAll(() => stage.close());

const isFocused = (field: Locator): Promise<boolean> =>
  field.evaluate((element) => element === document.activeElement);

const WORDS_OF_A_LIST = {
  en: {
    ...{ act: 'Make the list final', extend: 'Add people to the list', people: ': 3 people.' },
    ...{ reason: 'Reason', type: (id: string) => `Type ${id} to confirm` },
    ...{ later: 'From the opening on', since: /^Since / },
  },
  ko: {
    ...{ act: '명단 확정', extend: '명단에 추가', people: '(현재 3명)' },
    ...{ reason: '사유', type: (id: string) => `확인을 위해 ${id} 을(를) 입력하세요` },
    ...{ later: '캠페인이 시작되면', since: /부터$/ },
  },
};

describe('campaigns', () => {
  it('are created by a form that says what is wrong, in the words of the viewer', async () => {
    const { page, errors } = await stage.open('/', { language: 'ko' });
    await page.getByRole('link', { name: '새 캠페인' }).click();
    await page.getByRole('button', { name: '캠페인 만들기' }).click();
    await page.getByText('1부터 10,000,000까지의 정수.').waitFor();
    expect(await isFocused(page.getByLabel('이름'))).toBe(true);
    await expectAccessible(page);
    await screenshot(page, 'console-create-wrong-ko-1280');

    await page.getByLabel('이름').fill('10원 나눔');
    await page.getByLabel('ID').fill('ten-won');
    await page.getByLabel('지급 인원').fill('500');
    await page.getByLabel('1인당 금액').fill('10');
    await page.getByLabel('통화').selectOption('KRW');
    await page.getByLabel('시작').fill('2031-03-01T10:00:00');
    await page.getByLabel('시간대').selectOption('UTC');
    await page.getByText('500명에게 ₩10씩 엄격한 선착순으로 지급합니다(합계 ₩5,000).').waitFor();
    await screenshot(page, 'console-create-ko-1280');
    await page.getByRole('button', { name: '캠페인 만들기' }).click();
    await page.getByText('준비되었습니다.').waitFor();
    const { body } = await client.operate('get', 'campaigns/ten-won/terms');
    expect(body).toMatchObject({
      ...{ name: '10원 나눔', capacity: 500, waitingCapacity: 50, amount: 10, currency: 'KRW' },
      opensAt: '2031-03-01T10:00:00.000Z',
    });
    expect(errors).toEqual([]);
  });

  it('are for people on a list, if one is uploaded with the form, and can take more until they open', async () => {
    const { page, errors } = await stage.open('/new', { width: 360 });
    const file = (text: string) => ({ name: 'staff.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.getByLabel('Name').fill('Staff');
    await page.getByLabel('Id', { exact: true }).fill('staff');
    await page.getByLabel('How many people').fill('5');
    await page.getByLabel('Amount for each').fill('10');
    await page.getByLabel('Currency').selectOption('KRW');
    await page.getByLabel('Who can claim').selectOption('Only people on a list');
    await page.getByLabel('File with their user ids').setInputFiles(file('userId\n42\nKim'));
    await page.getByText('Line 3 is no user id').waitFor();
    await page.getByRole('button', { name: 'Create campaign' }).click();
    await page.getByText('A campaign with a list needs a time to open').waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await screenshot(page, 'console-create-list-wrong-en-360');

    await page.getByLabel('Opens').fill('2031-03-01T10:00:00');
    await page.getByLabel('File with their user ids').setInputFiles(file('userId\n42\n43'));
    await page.getByText('The file names 2 people.').waitFor();
    await page.getByRole('button', { name: 'Create campaign' }).click();
    await page.getByRole('link', { name: 'Terms' }).click();
    await page.getByText('Only people on a list: 2').waitFor();

    await page.getByRole('button', { name: 'Add people to the list' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('File with their user ids').setInputFiles(file('43\n44'));
    await dialog.getByText('The file names 2 people.').waitFor();
    await expectAccessible(page);
    await screenshot(page, 'console-extend-list-en-360');
    await dialog.getByRole('button', { name: 'Add people to the list' }).click();
    await page.getByText('Only people on a list: 3').waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await screenshot(page, 'console-terms-list-en-360');
    expect((await client.operate('get', 'campaigns/staff/eligible')).body).toEqual({
      userIds: ['42', '43', '44'],
      next: null,
    });
    expect(errors).toEqual([]);
  });

  it('with a list have it made final before they open, after which nobody is offered to change it', async () => {
    const opensAt = '2199-03-01T10:00:00.000Z';
    for (const language of ['en', 'ko'] as const)
      for (const width of [360, 1280]) {
        const id = `final-${language}-${width}`;
        await client.createCampaign({ id, capacity: 5, eligibility: 'list', opensAt });
        await client.addEligible(id, users(1, 3));
        const { page, errors } = await stage.open(`/campaigns/${id}/terms`, { language, width });
        const words = language === 'en' ? WORDS_OF_A_LIST.en : WORDS_OF_A_LIST.ko;
        await page.getByText(words.later).waitFor();
        await page.getByRole('button', { name: words.act }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByText(words.people).waitFor();
        const confirm = dialog.getByRole('button', { name: words.act });
        await dialog.getByLabel(words.reason).fill('everybody is on it');
        expect(await confirm.isDisabled()).toBe(true);
        await dialog.getByLabel(words.type(id)).fill(id);
        await expectAccessible(page);
        await screenshot(page, `console-freeze-list-${language}-${width}`);
        await confirm.click();
        await page.getByText(words.since).waitFor();
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
        await screenshot(page, `console-frozen-list-${language}-${width}`);
        for (const name of [words.act, words.extend])
          expect(await page.getByRole('button', { name }).count()).toBe(0);
        const { eligibleFrozenAt } = (await client.operate('get', `campaigns/${id}/terms`)).body as {
          eligibleFrozenAt: string | null;
        };
        expect(eligibleFrozenAt).not.toBeNull();
        expect(errors).toEqual([]);
        await page.context().close();
      }
  });

  it('of an id that exists with other terms are refused beside the button', async () => {
    await client.createCampaign({ id: 'taken', capacity: 3 });
    const { page } = await stage.open('/new');
    await page.getByLabel('Name').fill('Another');
    await page.getByLabel('Id', { exact: true }).fill('taken');
    await page.getByLabel('How many people').fill('5');
    await page.getByLabel('Amount for each').fill('10.50');
    await page.getByLabel('Currency').selectOption('USD');
    await page.getByRole('button', { name: 'Create campaign' }).click();
    await page.getByText('A campaign of this id exists, with other terms.').waitFor();
  });

  it('have no currency until one is chosen, which may be one that only an earlier campaign has', async () => {
    await client.createCampaign({ id: 'baht', capacity: 3, currency: 'THB' });
    for (const language of ['en', 'ko'] as const)
      for (const width of [360, 1280]) {
        const { page, errors } = await stage.open('/new', { language, width });
        const currency = page.getByLabel(language === 'en' ? 'Currency' : '통화');
        await page.getByLabel(language === 'en' ? 'Name' : '이름').fill('Spring drop');
        await page.getByLabel(language === 'en' ? 'Id' : 'ID', { exact: true }).fill('no-currency');
        await page.getByLabel(language === 'en' ? 'How many people' : '지급 인원').fill('5');
        await page.getByLabel(language === 'en' ? 'Amount for each' : '1인당 금액').fill('10');
        await currency.locator('option[value=THB]').waitFor({ state: 'attached' });
        expect(await currency.inputValue()).toBe('');
        await page
          .getByRole('button', { name: language === 'en' ? 'Create campaign' : '캠페인 만들기' })
          .click();
        expect(await isFocused(currency)).toBe(true);
        await page
          .getByText(language === 'en' ? 'Choose the currency that is paid.' : '지급할 통화를 고르세요.')
          .waitFor();
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
        await screenshot(page, `console-create-no-currency-${language}-${width}`);
        expect(errors).toEqual([]);
        await page.context().close();
      }
    expect((await client.operate('get', 'campaigns/no-currency/terms')).status).toBe(404);
  });

  it('are not created with a wrong time, which gets the focus and says why', async () => {
    const { page, errors } = await stage.open('/new');
    await page.getByLabel('Name').fill('Spring drop');
    await page.getByLabel('Id', { exact: true }).fill('wrong-time');
    await page.getByLabel('How many people').fill('5');
    await page.getByLabel('Amount for each').fill('10');
    await page.getByLabel('Currency').selectOption('KRW');
    await page.getByLabel('Opens').fill('2031-03-01T10:00:00');
    await page.getByLabel('Closes').fill('2031-03-01T09:00:00');
    await page.getByRole('button', { name: 'Create campaign' }).click();
    expect(await isFocused(page.getByLabel('Closes'))).toBe(true);
    await page.getByText('It must close after it opens.').waitFor();

    await page.getByLabel('Closes').fill('');
    await page.getByLabel('Closes').pressSequentially('0302'); // no year: a browser calls it empty
    await page.getByRole('button', { name: 'Create campaign' }).click();
    expect(await isFocused(page.getByLabel('Closes'))).toBe(true);
    expect((await client.operate('get', 'campaigns/wrong-time/terms')).status).toBe(404);
    expect(errors).toEqual([]);
  });

  it('that are finished say so, raise no alarm, and offer nothing that would be refused', async () => {
    await client.createCampaign({ id: 'done', name: '봄맞이 선착순', capacity: 2, waitingCapacity: 0 });
    await rush([client], 'done', users(950, 2));
    await eventually(async () => {
      const { body } = await client.operate('get', 'campaigns/done/figures');
      expect(body).toMatchObject({ state: 'OPEN', finished: true, gate: null });
    });
    for (const [language, words] of [
      ['en', 'Finished. Everybody has been paid or told.'],
      ['ko', '완료되었습니다. 모두가 지급 또는 안내를 받았습니다.'],
    ] as const)
      for (const width of [360, 1280]) {
        const { page, errors } = await stage.open('/campaigns/done', { language, width });
        await page.getByText(words).waitFor();
        expect(await page.getByText(/Redis/).count()).toBe(0);
        expect(await page.locator('.head .acts').getByRole('button').count()).toBe(0);
        await expectNoSidewaysScroll(page);
        await expectAccessible(page);
        await screenshot(page, `console-now-finished-${language}-${width}`);
        await page.getByRole('link', { name: language === 'en' ? 'Terms' : '조건' }).click();
        await page
          .getByText('Id', { exact: true })
          .or(page.getByText('ID', { exact: true }))
          .waitFor();
        expect(await page.getByRole('main').getByRole('button').count()).toBe(0);
        expect(errors).toEqual([]);
        await page.context().close();
      }
  });

  it('lead to where the payouts of all are resumed, while those of all are stopped', async () => {
    const turn = (state: string): Promise<unknown> =>
      client.operate('patch', 'payouts', { state, reason: 'a test of the brake' });
    await client.createCampaign({ id: 'braked', capacity: 3 });
    await turn('STOPPED');
    try {
      const { page, errors } = await stage.open('/campaigns/braked');
      await page.getByText('The payouts of all campaigns are stopped').waitFor();
      expect(await page.getByRole('button', { name: 'Stop payouts' }).count()).toBe(1); // before all resume
      await expectAccessible(page);
      await screenshot(page, 'console-now-all-stopped-en-1280');
      await page.getByRole('link', { name: 'Resume all payouts' }).click();
      await page.getByRole('button', { name: 'Resume all payouts' }).waitFor();
      expect(errors).toEqual([]);
    } finally {
      await turn('RUNNING');
    }
  });

  it('are listed, searched, and deleted while nobody has claimed', async () => {
    await client.createCampaign({ id: 'summer', name: 'Summer <b>drop</b>', capacity: 3 });
    for (const language of ['en', 'ko'] as const)
      for (const [width, isDark] of [
        [360, false],
        [360, true],
        [1280, false],
        [1280, true],
      ] as const) {
        const { page } = await stage.open('/', { language, width, isDark });
        await page.getByText('Summer <b>drop</b>').waitFor();
        await expectNoSidewaysScroll(page);
        await expectAccessible(page);
        await screenshot(page, `console-campaigns-${language}-${width}-${isDark ? 'dark' : 'light'}`);
        await page.context().close();
      }
    const { page } = await stage.open('/');
    await page.getByLabel('Search by name or id').fill('no such campaign');
    await page.getByText('No campaign matches.').waitFor();
    await page.getByLabel('Search by name or id').fill('summ');
    await page.getByRole('link', { name: 'Summer <b>drop</b>' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByLabel('Type summer to confirm').fill('summer');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Campaigns' }).waitFor();
    expect((await client.operate('get', 'campaigns/summer/terms')).status).toBe(404);
    await page.goBack(); // what was shown before is not shown again
    await page.getByText('There is no such campaign.').waitFor();
    expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0);
  });

  it('that are scheduled say when they open, and count the time until then', async () => {
    const opensAt = new Date(Date.now() + 3_000_000).toISOString();
    await client.createCampaign({ id: 'soon', name: '봄맞이 선착순', capacity: 3, opensAt });
    for (const [language, words] of [
      ['en', /Ready\. It opens at .+, in \d+ min \d+ sec\.$/],
      ['ko', /준비되었습니다\. .+에 열립니다\(\d+분 \d+초 남음\)\.$/],
    ] as const)
      for (const width of [360, 1280]) {
        const { page, errors } = await stage.open('/campaigns/soon', { language, width });
        const said = page.locator('.verdict', { hasText: words });
        const first = await said.textContent();
        await eventually(async () => expect(await said.textContent()).not.toBe(first));
        await expectNoSidewaysScroll(page);
        await expectAccessible(page);
        await screenshot(page, `console-now-scheduled-${language}-${width}`);
        expect(errors).toEqual([]);
        await page.context().close();
      }
  });

  it('that do not exist are said not to', async () => {
    const { page } = await stage.open('/campaigns/nobody-made-this');
    await page.getByText('There is no such campaign.').waitFor();
    await expectAccessible(page);
  });

  it('have a name and times that can be changed, each with a reason', async () => {
    await client.createCampaign({ id: 'edited', capacity: 3, opensAt: '2031-01-01T00:00:00.250Z' });
    const { page } = await stage.open('/campaigns/edited/terms');
    await page.getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Cancelled');
    await dialog.getByLabel('Opens').fill('2020-01-01T09:00:00');
    await dialog.getByText('This time is past. To open at once, leave it empty.').waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Edit' }).click();
    expect(await dialog.getByLabel('Name').inputValue()).not.toBe('Cancelled');
    await dialog.getByLabel('Name').fill('Edited here');
    await dialog.getByLabel('Closes').fill('2031-01-02T09:00:00');
    await dialog.getByLabel('Reason').fill('as agreed with the shop');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('heading', { name: 'Edited here' }).waitFor();
    const { body } = await client.operate('get', 'campaigns/edited/terms');
    expect(body).toMatchObject({
      opensAt: '2031-01-01T00:00:00.250Z',
      closesAt: '2031-01-02T00:00:00.000Z',
    });
  });

  it('are not changed from a form that was opened before somebody else changed them', async () => {
    await client.createCampaign({ id: 'two-tabs', capacity: 3, opensAt: '2031-01-01T00:00:00Z' });
    for (const [language, [edit, name, reason, said]] of [
      ['en', ['Edit', 'Name', 'Reason', /^Nothing was saved: somebody else has changed/]],
      ['ko', ['수정', '이름', '사유', /^저장하지 않았습니다\. 이 양식을 연 뒤에/]],
    ] as const)
      for (const width of [360, 1280]) {
        const { page, errors } = await stage.open('/campaigns/two-tabs/terms', { language, width });
        await page.getByRole('button', { name: edit }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel(name).fill('My name');
        await client.changeCampaign('two-tabs', { name: `Theirs, ${language} ${width}` });
        await dialog.getByLabel(reason).fill('as agreed');
        await dialog.getByRole('button', { name: edit }).click();
        await dialog.getByText(said).waitFor();
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
        await screenshot(page, `console-changed-meanwhile-${language}-${width}`);
        const { body } = await client.operate('get', 'campaigns/two-tabs/terms');
        expect(body.name).toBe(`Theirs, ${language} ${width}`);
        expect(errors).toEqual([]);
        await page.context().close();
      }
  });
});
