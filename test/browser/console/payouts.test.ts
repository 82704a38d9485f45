import { reconcile } from '../../../src/payouts/reconciliation/reconcile.js';
import { expectAccessible, expectNoSidewaysScroll } from '../../support/accessibility.js';
import { CONSOLE_LOGIN } from '../../support/console-page.js';
import { ConsoleStage } from '../../support/console-stage.js';
import { eventually } from '../../support/eventually.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { rush, users } from '../../support/rush.js';
import { screenshot } from '../../support/screenshots.js';

let at: ProviderWorld;
let stage: ConsoleStage<ProviderWorld>;

beforeAll(async () => {
  at = await ProviderWorld.start('console-payouts', { PAYOUT_HOLD_AFTER_MS: '300', ...CONSOLE_LOGIN });
  await at.world.start('worker');
  stage = await ConsoleStage.at(at.api, at);
});

afterEach(() => stage.clear());

afterAll(() => stage.close());

/** A campaign whose payouts are all HELD; no money has moved for them. */
async function held(id: string, first: number, count: number): Promise<void> {
  await at.bank.control.setOdds({ errorBefore: 1, getError: 1 });
  await at.client.createCampaign({ id, capacity: count, waitingCapacity: 2 });
  await rush([at.client], id, users(first, count));
  await eventually(async () => {
    const { body } = await at.client.operate('get', `campaigns/${id}/payouts?state=HELD`);
    expect(body.items).toHaveLength(count);
  });
  await at.bank.control.setOdds({});
}

const stateOf = async (id: string, user: number): Promise<string> =>
  (await at.client.payout(id, user)).body.state as string;

describe('payouts that need a decision', () => {
  it('are decided one by one, with the evidence in sight, a reason and a typed confirmation', async () => {
    await held('one', 100, 3);
    for (const language of ['en', 'ko'] as const)
      for (const [width, isDark] of [
        [360, false],
        [360, true],
        [1280, false],
        [1280, true],
      ] as const) {
        const viewer = { language, width, isDark, scope: 'grants:read grants:payouts' };
        const { page } = await stage.open('/campaigns/one/payouts', viewer);
        await page.getByRole('link', { name: '101' }).waitFor();
        await expectNoSidewaysScroll(page);
        await expectAccessible(page);
        await screenshot(page, `console-payouts-${language}-${width}-${isDark ? 'dark' : 'light'}`);
        await page.context().close();
      }

    for (const [language, checked] of [
      ['en', 'Being checked'],
      ['ko', '확인 중'],
    ] as const) {
      const { page } = await stage.open('/campaigns/one/people/101', { language, width: 360 });
      await page.getByRole('heading', { name: checked }).waitFor();
      expect(await page.getByText(/on its way|진행 중입니다/).count()).toBe(0);
      await expectAccessible(page);
      await screenshot(page, `console-person-held-${language}-360`);
      await page.context().close();
    }

    const { page, errors } = await stage.open('/campaigns/one/payouts');
    await page.getByRole('row', { name: '101' }).getByRole('button', { name: 'Decide' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The user does not have it and never will.').click();
    await dialog.getByLabel('Reason').fill('the bank has shown its books: nothing has moved');
    const decide = dialog.getByRole('button', { name: 'Decide' });
    expect(await decide.isDisabled()).toBe(true);
    await dialog.getByLabel('Type 101 to confirm').fill('101');
    await expectAccessible(page);
    await screenshot(page, 'console-decide-en-1280');
    await decide.click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await stateOf('one', 101)).toBe('REJECTED');
    expect(await stateOf('one', 100)).toBe('HELD');
    expect(errors).toEqual([]);
  });

  it('are sent again when one operator proposes it and another approves', async () => {
    await held('many', 200, 3);
    const scope = 'grants:read grants:payouts';
    const path = '/campaigns/many/payouts';
    const { page } = await stage.open(path, { scope, operator: '10' });
    for (const user of [200, 201]) await page.getByLabel(`Select the payout to user ${user}`).check();
    await page.getByRole('button', { name: 'Decide selected' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Send again').click();
    await dialog.getByLabel('Reason').fill('the bank never saw them');
    await dialog.getByLabel('Type 2 to confirm').fill('2');
    await dialog.getByRole('button', { name: 'Decide selected' }).click();
    await page.getByText('You proposed it; somebody else has to approve it.').waitFor();

    const second = await stage.open('/attention', { scope, operator: '11' });
    await second.page.getByText('A decision waits for a second person: 1').waitFor();
    await expectAccessible(second.page);
    await screenshot(second.page, 'console-attention-en-1280');
    await second.page
      .getByRole('listitem')
      .filter({ hasText: 'A decision waits' })
      .getByRole('link', { name: 'Look' })
      .click();
    await second.page.getByRole('button', { name: 'Approve' }).click();
    await second.page.getByLabel('Type 2 to confirm').fill('2');
    await second.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await second.page.getByText('applied to 2 of 2').waitFor();
    await eventually(async () => {
      expect(await stateOf('many', 200)).toBe('SETTLED');
      expect(await stateOf('many', 201)).toBe('SETTLED');
    });
    expect(await stateOf('many', 202)).toBe('HELD');
  });

  it('that differ from the books of the provider are listed, each with what to do', async () => {
    await at.client.createCampaign({ id: 'differ', capacity: 2, waitingCapacity: 0 });
    await rush([at.client], 'differ', users(300, 2));
    await eventually(async () => expect(await stateOf('differ', 300)).toBe('SETTLED'));
    await at.bank.control.reverse('grant:differ:300');
    const first = await stage.open('/campaigns/differ/payouts');
    await first.page.getByText('Not compared with the provider’s books yet.').waitFor();
    await reconcile(
      {
        databaseUrl: at.world.variables.DATABASE_URL ?? '',
        provider: { url: at.bank.url, secret: at.bank.secret },
        apply: false,
      },
      'differ',
      () => undefined,
    );
    for (const [language, width, text] of [
      ['en', 1280, 'Came back there, not recorded here.'],
      ['ko', 360, '기관에서 돈이 돌아왔는데 여기에는 기록이 없습니다.'],
    ] as const) {
      const { page, errors } = await stage.open('/campaigns/differ/payouts', { language, width });
      await page.getByText(text).waitFor();
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      await screenshot(page, `console-reconciliation-${language}-${width}`);
      expect(errors).toEqual([]);
    }
    const { page } = await stage.open('/attention', { width: 360 });
    const card = page.getByRole('listitem').filter({ hasText: 'The provider’s books differ from ours: 1' });
    await card.filter({ hasText: 'differ ·' }).waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await screenshot(page, 'console-attention-books-en-360');
    await card.getByRole('link').click();
    await page.getByText('Came back there, not recorded here.').waitFor();
  });

  it('of all campaigns are stopped and resumed at "Needs attention"', async () => {
    const { page } = await stage.open('/attention', { language: 'ko' });
    await page.getByRole('button', { name: '모든 지급 중단' }).click();
    await page.getByLabel('사유').fill('은행 점검');
    await page.getByLabel('STOP').fill('STOP');
    await page.getByRole('dialog').getByRole('button', { name: '모든 지급 중단' }).click();
    await page.getByRole('button', { name: '모든 지급 재개' }).click();
    await page.getByLabel('사유').fill('점검이 끝났습니다');
    await page.getByRole('dialog').getByRole('button', { name: '모든 지급 재개' }).click();
    await page.getByRole('button', { name: '모든 지급 중단' }).waitFor();
  });
});
