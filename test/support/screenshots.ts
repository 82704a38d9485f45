import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { IS_DEEP } from './depth.js';

/** Where people look at what a test has seen; not in git. */
const FOLDER = join(__dirname, '../../.data/screenshots');

/** Where nobody looks, none is taken: each costs as much as what it shows. */
const IS_WANTED = IS_DEEP || process.env.CI !== 'true';

/** @param name without an extension, e.g. `claim-sold-out-ko-360` */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (!IS_WANTED) return;
  await mkdir(FOLDER, { recursive: true });
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true });
}
