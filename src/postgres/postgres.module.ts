import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Environment } from '../config/environment.js';
import { postgresOptions } from './postgres-options.js';
import { READS } from './reads.js';

const PATIENCE = { autoLoadEntities: true, retryAttempts: 30, retryDelay: 1_000 };

/** The two pools that a process has. Starting waits for Postgres for half a minute, then fails. */
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Environment],
      useFactory: (environment: Environment) => ({
        ...postgresOptions({
          url: environment.DATABASE_URL,
          poolSize: environment.DATABASE_POOL_SIZE,
          statementTimeoutMs: environment.DATABASE_TIMEOUT_MS,
          applicationName: `seonchak-${environment.APP_ROLE}`,
          looksUpByKey: true,
        }),
        ...PATIENCE,
      }),
    }),
    TypeOrmModule.forRootAsync({
      name: READS,
      inject: [Environment],
      useFactory: (environment: Environment) => ({
        ...postgresOptions({
          url: environment.DATABASE_URL,
          poolSize: environment.DATABASE_READ_POOL_SIZE,
          // Nobody waits for a read any longer than that, so it need not go on.
          statementTimeoutMs: Math.min(environment.DATABASE_TIMEOUT_MS, environment.REQUEST_DEADLINE_MS),
          applicationName: `seonchak-${environment.APP_ROLE}-${READS}`,
          looksUpByKey: true,
        }),
        ...PATIENCE,
      }),
    }),
  ],
})
export class PostgresModule {}
