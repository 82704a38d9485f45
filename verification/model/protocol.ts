import { api } from './api.js';
import { clients } from './clients.js';
import { faults } from './faults.js';
import { operators } from './operators.js';
import { provider } from './provider.js';
import { reapers } from './reaper.js';
import { keepers } from './rebuild.js';
import type { Participant } from './step.js';
import { workers } from './worker.js';

const participants: readonly Participant[] = [
  clients,
  api,
  keepers,
  workers,
  provider,
  reapers,
  operators,
  faults,
];

/** Offers every step that is possible now, always in the same order. */
export const protocol: Participant = (world, offer) => {
  for (const participant of participants) participant(world, offer);
};
