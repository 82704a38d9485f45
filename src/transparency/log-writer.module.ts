import { Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.js';
import { Environment } from '../platform/config/environment.js';
import { CheckpointFile } from './log/checkpoint-file.js';
import { CheckpointStore } from './log/checkpoint-store.js';
import { TimelyCheckpointStore } from './log/timely-checkpoint-store.js';
import { LogKeys } from './log/log-keys.js';
import { LogHealth } from './sequencer/log-health.js';
import { LogKeeper } from './sequencer/log-keeper.js';

/** Far more than a slow disk needs, and within what the promise of a receipt allows for a fault. */
const STORE_DEADLINE_MS = 10_000;

/** Writes the log of a fair order, in role worker. */
@Module({
  imports: [ChangesModule],
  providers: [
    LogKeys,
    LogHealth,
    LogKeeper,
    {
      provide: CheckpointStore,
      inject: [Environment],
      useFactory: ({ TRANSPARENCY_CHECKPOINT_FILE = '' }: Environment) =>
        new TimelyCheckpointStore(new CheckpointFile(TRANSPARENCY_CHECKPOINT_FILE), STORE_DEADLINE_MS),
    },
  ],
})
export class LogWriterModule {}
