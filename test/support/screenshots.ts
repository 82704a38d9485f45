import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Where people look at what a test has seen; not in git. */
const FOLDER = join(__dirname, '../../.data/screenshots');

/** @param name without an extension, e.g. `claim-sold-out-ko-360` */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true });
}
