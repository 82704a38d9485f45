import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Environment } from '../config/environment.js';
import { postgresOptions } from './postgres-options.js';

/** The pool that a process shares. Starting waits for Postgres for half a minute, then fails. */
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
        autoLoadEntities: true,
        retryAttempts: 30,
        retryDelay: 1_000,
      }),
    }),
  ],
})
export class PostgresModule {}
