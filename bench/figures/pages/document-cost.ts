import { claimsPath } from '../../deployment.js';
import { cpuOfTrees } from '../../server-cpu.js';
import type { Measuring } from '../family.js';
import type { Stage } from '../stage.js';

/** What a claim page asks for when it is opened; the look at the claim is measured by `open-pages.ts`. */
export const documentNames = ['html', 'script', 'style', 'time', 'campaign', 'session'] as const;
type DocumentName = (typeof documentNames)[number];

/** CPU of the service alone, per answer, for each document of an opened page, without a cache in front. */
export async function measureDocuments(measuring: Measuring, stage: Stage): Promise<void> {
  const { arena, book, remarks, rounds, settings, say } = measuring;
  const id = 'documents';
  await stage.deployment.createCampaign(id, 1);
  const paths = await documentPaths(stage.origin, id);
  const users = stage.users(settings.connections); // a request each: fewer would leave connections idle
  for (let round = 1; round <= rounds; round++) {
    say(`Documents of a page, round ${round} of ${rounds} …`);
    for (const name of documentNames) {
      const before = await cpuOfTrees([stage.unit.pid]);
      const { statuses } = await arena.load.fire({
        ...{ method: 'GET', origin: stage.origin, path: paths[name], users, by: 'cookie' },
        ...{ connections: settings.connections, seconds: settings.seconds, repeaters: 0, badTokens: 0 },
      });
      const after = await cpuOfTrees([stage.unit.pid]);
      for (const [status, count] of Object.entries(statuses))
        if (status !== '200') remarks.add(`${count} requests of ${name} were answered ${status}.`);
      const answers = statuses[200] ?? 0;
      if (before !== undefined && after !== undefined && answers > 0)
        book.write(`page-${name}-cpu`, 'ours', round, (after - before) / answers);
    }
  }
  await stage.deployment.closeCampaign(id);
}

async function documentPaths(origin: string, id: string): Promise<Readonly<Record<DocumentName, string>>> {
  const html = await (await fetch(`${origin}/c/${id}/en`)).text();
  const asset = (ending: string): string =>
    new RegExp(`/claim-page/assets/[^"]+\\.${ending}`).exec(html)?.[0] ?? '';
  return {
    html: `/c/${id}/en`,
    script: asset('js'),
    style: asset('css'),
    time: '/v1/time',
    campaign: claimsPath(id).replace(/\/grants$/, ''),
    session: '/v1/session',
  };
}
