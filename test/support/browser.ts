import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findChromiumBinary } from '../../tools/stack/servers/chromium-binary.js';

/** They keep Chromium from talking to anybody but the page, and let it run under root and without a GPU. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// A page is looked at in two languages, two widths, light and dark: on two busy cores that takes minutes.
jest.setTimeout(180_000);

/**
 * A headless Chromium that is installed or fetched by the project itself (tools/stack/servers/chromium-binary.ts). The
 * caller closes it.
 */
export async function openBrowser(): Promise<Browser> {
  const { program, env } = await findChromiumBinary((line) => console.error(line));
  return chromium.launch({
    executablePath: program,
    args: flags,
    env: { PATH: process.env.PATH ?? '', ...env },
  });
}

/** What a page did wrong while it was open: errors of its scripts, and what its Content-Security-Policy blocked. */
export interface WatchedPage {
  readonly page: Page;
  readonly errors: readonly string[];
}

/** A page in a context of its own (cookies, storage), whose errors are kept. Close `page.context()`. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    // A refused request is an answer, which the page shows; Chromium logs each as an error.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      errors.push(message.text());
  });
  return { page, errors };
}
