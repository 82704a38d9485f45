import type { Family, Measuring } from '../family.js';
import { Stage } from '../stage.js';
import { measureCredentials } from './credential-cost.js';
import { documentNames, measureDocuments } from './document-cost.js';
import { loginSettings } from './login-settings.js';
import { measureOpenPages } from './open-pages.js';

/** What it costs that people claim on pages: by cookie, and with the page left open. */
export const pages: Family = {
  needsContestants: false,
  figures: [
    { name: 'claims-bearer', unit: '/s', better: 'higher' },
    { name: 'claims-cookie', unit: '/s', better: 'higher' },
    { name: 'claims-cookie-share', unit: 'x', better: 'higher' },
    { name: 'claims-bearer-cpu', unit: 'µs', better: 'lower' },
    { name: 'claims-cookie-cpu', unit: 'µs', better: 'lower' },
    { name: 'status-bearer', unit: '/s', better: 'higher' },
    { name: 'status-cookie', unit: '/s', better: 'higher' },
    { name: 'status-cookie-share', unit: 'x', better: 'higher' },
    { name: 'claims-pages-closed', unit: '/s', better: 'higher' },
    { name: 'claims-pages-open', unit: '/s', better: 'higher' },
    { name: 'claims-pages-share', unit: 'x', better: 'higher' },
    { name: 'looks', unit: '/s', better: 'lower' },
    { name: 'look-p99', unit: 'ms', better: 'lower' },
    { name: 'look-cpu', unit: 'µs', better: 'lower' },
    { name: 'page-cpu', unit: 'µs/s', better: 'lower' },
    ...documentNames.map((name) => ({ name: `page-${name}-cpu`, unit: 'µs', better: 'lower' as const })),
  ],
  targets: [
    { figure: 'claims-cookie-share', against: 'itself', atLeast: 0.9 },
    { figure: 'claims-pages-share', against: 'itself', atLeast: 0.9 },
  ],
  measure,
};

async function measure(measuring: Measuring): Promise<void> {
  const stage = await Stage.start(measuring, 'pages', loginSettings(measuring.arena.secrets));
  await measureCredentials(measuring, stage);
  await measureOpenPages(measuring, stage);
  await measureDocuments(measuring, stage);
}
