import type { Browser } from 'playwright-core';
import { openPage, type WatchedPage } from './browser.js';

/** What the service needs for `openConsole` to sign in: the login that asks for no password. */
export const CONSOLE_LOGIN = {
  DEV_LOGIN: 'true',
  COOKIE_SECRET: 'a secret that seals the cookies of tests alone',
};

export interface Viewer {
  /** Scopes of the operator who looks; none: nobody is signed in. */
  readonly scope?: string;
  readonly operator?: string;
  readonly language?: 'en' | 'ko';
  readonly width?: number;
  readonly isDark?: boolean;
}

/** Opens the console in a context of its own, as this operator sees it. Close `page.context()`. */
export async function openConsole(
  browser: Browser,
  url: string,
  path: string,
  { scope = 'grants:admin', operator = '1', language = 'en', width = 1280, isDark = false }: Viewer = {},
): Promise<WatchedPage> {
  const watched = await openPage(browser, {
    locale: language === 'ko' ? 'ko-KR' : 'en-US',
    timezoneId: 'Asia/Seoul',
    colorScheme: isDark ? 'dark' : 'light',
    viewport: { width, height: 800 },
  });
  const { page } = watched;
  page.setDefaultTimeout(10_000);
  const at = `/console${path}`;
  await page.goto(scope === '' ? url + at : `${url}/console/login?returnTo=${encodeURIComponent(at)}`);
  if (scope === '') return watched;
  await page.locator('input[name=operator]').fill(operator);
  for (const box of await page.getByRole('checkbox').all())
    await box.setChecked(scope.split(' ').includes((await box.getAttribute('value')) ?? ''));
  await page.locator('form button').click();
  await page.waitForURL(url + at);
  return watched;
}
