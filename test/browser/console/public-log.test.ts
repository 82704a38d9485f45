import { expectAccessible, expectNoSidewaysScroll } from '../../support/accessibility.js';
import { ConsoleStage } from '../../support/console-stage.js';
import { eventually } from '../../support/eventually.js';
import { logVariables } from '../../support/log-reader.js';
import { screenshot } from '../../support/screenshots.js';

let stage: ConsoleStage;

beforeAll(async () => {
  stage = await ConsoleStage.start(logVariables());
  await eventually(async () => {
    const { body } = await stage.client.operate('get', 'public-log');
    expect(body).toMatchObject({ state: 'written', wholeAt: expect.any(String) });
  });
});

afterEach(() => stage.clear());

afterAll(() => stage.close());

it.each([
  ['en', 360, 'Public log', '✓ Up to date'],
  ['ko', 360, '공개 기록', '✓ 최신'],
  ['en', 1280, 'Public log', '✓ Up to date'],
  ['ko', 1280, '공개 기록', '✓ 최신'],
] as const)('is shown below what needs attention (%s, %i px)', async (language, width, title, state) => {
  const { page, errors } = await stage.open('/attention', { language, width, scope: 'grants:read' });
  const panel = page.getByRole('region', { name: title });
  await panel.getByText(state).waitFor();
  await panel.getByText('test.example/log').waitFor();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
  await screenshot(page, `console-public-log-${language}-${width}`);
  expect(errors).toEqual([]);
});
