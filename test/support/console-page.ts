import type { Browser } from 'playwright-core';
import { openPage, type WatchedPage } from './browser.js';
import { operatorToken } from './tokens.js';

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
    ...(scope === ''
      ? {}
      : { extraHTTPHeaders: { Authorization: `Bearer ${await operatorToken(operator, scope)}` } }),
  });
  watched.page.setDefaultTimeout(10_000);
  await watched.page.goto(`${url}/console${path}`);
  return watched;
}
