import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const FOLDER = join(__dirname, '../../docs/pictures');

/** What README.md shows, as a test sees it; written only with WRITE_PICTURES=1. @param name without an extension */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.WRITE_PICTURES !== '1') return;
  await mkdir(FOLDER, { recursive: true });
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
}
