import { type DynamicModule, Module, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource, TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { EventLog } from '../logging/event-log.js';
import { Environment } from '../config/environment.js';
import { postgresOptions } from './postgres-options.js';
import { PoolGauge } from './pool-gauge.js';
import { READS } from './reads.js';
import { checkSchema } from './schema-check.js';
import { checkServer } from './server-check.js';
import { whenReachable } from './when-reachable.js';

interface PoolSettings {
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
}

/** @param name of the pool; the one for claims and payouts has none */
function pool(
  name: string | undefined,
  settingsOf: (environment: Environment) => PoolSettings,
): DynamicModule {
  return TypeOrmModule.forRootAsync({
    ...(name === undefined ? {} : { name }),
    inject: [Environment],
    useFactory: (environment: Environment): TypeOrmModuleOptions => ({
      ...postgresOptions({
        ...settingsOf(environment),
        url: environment.DATABASE_URL,
        applicationName: ['seonchak', environment.APP_ROLE, name].filter(Boolean).join('-'),
        looksUpByKey: true,
      }),
      autoLoadEntities: true,
      toRetry: () => false, // whenReachable says why, which Nest does not
    }),
    dataSourceFactory: (options) =>
      whenReachable(() => new DataSource(options as DataSourceOptions).initialize()),
  });
}

/** The two pools of a process. The start waits for a server, and fails if that is not fit for the service. */
@Module({
  imports: [
    pool(undefined, (environment) => ({
      poolSize: environment.DATABASE_POOL_SIZE,
      statementTimeoutMs: environment.DATABASE_TIMEOUT_MS,
    })),
    pool(READS, (environment) => ({
      poolSize: environment.DATABASE_READ_POOL_SIZE,
      // Nobody waits for a read any longer than that, so it need not run on.
      statementTimeoutMs: Math.min(environment.DATABASE_TIMEOUT_MS, environment.REQUEST_DEADLINE_MS),
    })),
  ],
  providers: [PoolGauge],
})
export class PostgresModule implements OnModuleInit {
  private readonly log = new EventLog('Postgres');

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly environment: Environment,
  ) {}

  async onModuleInit(): Promise<void> {
    const isProduction = this.environment.NODE_ENV === 'production';
    const remarks = await whenReachable(() => checkServer(this.source, isProduction));
    await whenReachable(() => checkSchema(this.source));
    for (const remark of remarks) this.log.write('postgres-setting', { remark });
  }
}
