import { campaigns } from './campaigns.js';
import { capacity } from './capacity/capacity.js';
import { connections } from './connections.js';
import type { FamilyName } from './family-names.js';
import type { Family } from './family.js';
import { fleet } from './fleet/fleet.js';
import { log } from './log/log.js';
import { memory } from './memory.js';
import { overload } from './overload/overload.js';
import { pages } from './pages/pages.js';
import { provider } from './provider/provider.js';
import { quiet } from './quiet.js';
import { refusals } from './refusals.js';
import { rush } from './rush.js';
import { start } from './start/start.js';
import { tracing } from './tracing.js';

export const families: Readonly<Record<FamilyName, Family>> = {
  ...{ rush, capacity, memory, start, overload, tracing, log, pages },
  ...{ fleet, connections, campaigns, quiet, refusals, provider },
};
