import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expectAccessible } from '../../support/accessibility.js';
import type { Client } from '../../support/client.js';
import { ConsoleStage } from '../../support/console-stage.js';
import { rush, users } from '../../support/rush.js';
import { screenshot } from '../../support/screenshots.js';

const BUDGET = 200_000;

let stage: ConsoleStage;
let client: Client;

beforeAll(async () => {
  stage = await ConsoleStage.start();
  ({ client } = stage);
});

afterEach(() => stage.clear());

afterAll(() => stage.close());

describe('the console', () => {
  it('is at most 200 kB of compressed script and style', async () => {
    const folder = join(__dirname, '../../../dist/web/console/assets');
    const files = (await readdir(folder)).filter((name) => /[.](js|css)$/.test(name));
    const bodies = await Promise.all(files.map((name) => readFile(join(folder, name))));
    const size = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
    expect(size).toBeGreaterThan(50_000);
    expect(size).toBeLessThan(BUDGET);
  });

  it('shows a link to the login, and no data, to whom it does not know', async () => {
    const { page, errors } = await stage.open('/campaigns/default?x=1', {
      scope: '',
    });
    const link = page.getByRole('link', { name: 'Sign in' });
    expect(await link.getAttribute('href')).toBe(
      '/console/login?returnTo=%2Fconsole%2Fcampaigns%2Fdefault%3Fx%3D1',
    );
    await expectAccessible(page);
    await screenshot(page, 'console-sign-in-en-1280');
    expect(errors).toEqual([]);
  });

  it('has a policy that allows nothing inline, and no frame', async () => {
    const { headers } = await fetch(`${stage.url}/console`);
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
  });

  it('keeps nothing but the language in the storage of the browser', async () => {
    const { page } = await stage.open('/');
    await page.getByRole('button', { name: '한국어' }).click();
    await page.getByRole('heading', { name: '캠페인' }).waitFor();
    expect(await page.evaluate('document.documentElement.lang')).toBe('ko');
    expect(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')).toBe(
      '{"seonchak-console-language":"ko"}',
    );
    await page.reload();
    await page.getByRole('heading', { name: '캠페인' }).waitFor();
  });

  it('signs out: the page forgets what it showed, and the cookie is good for nothing', async () => {
    const { page, errors } = await stage.open('/attention');
    const cookies = await page.context().cookies();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
    await page.context().addCookies(cookies);
    await page.reload();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await expectAccessible(page);
    expect(errors).toEqual([]);
  });

  it('shows no button to who may only read', async () => {
    await client.createCampaign({ id: 'readers', capacity: 3 });
    await rush([client], 'readers', users(900, 1));
    const viewer = { scope: 'grants:read' };
    for (const path of ['/', '/attention', '/campaigns/readers', '/campaigns/readers/people/900']) {
      const { page } = await stage.open(path, viewer);
      await page.getByRole('heading').first().waitFor();
      const buttons = await page.getByRole('main').getByRole('button').allTextContents();
      expect(buttons.filter((text) => text !== 'Find' && text !== 'Try again')).toEqual([]);
      expect(await page.getByRole('link', { name: 'New campaign' }).count()).toBe(0);
      await page.context().close();
    }
  });
});
