import { Logger, Module, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource, TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Environment } from '../config/environment.js';
import { postgresOptions } from './postgres-options.js';
import { checkServer } from './server-check.js';
import { whenReachable } from './when-reachable.js';

/** The pool that a process shares. The start waits for a server, and ends where that is not fit for the service. */
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Environment],
      useFactory: (environment: Environment): TypeOrmModuleOptions => ({
        ...postgresOptions({
          url: environment.DATABASE_URL,
          poolSize: environment.DATABASE_POOL_SIZE,
          statementTimeoutMs: environment.DATABASE_TIMEOUT_MS,
          applicationName: `seonchak-${environment.APP_ROLE}`,
          looksUpByKey: true,
        }),
        autoLoadEntities: true,
        toRetry: () => false, // whenReachable says why, which Nest does not
      }),
      dataSourceFactory: (options) =>
        whenReachable(() => new DataSource(options as DataSourceOptions).initialize()),
    }),
  ],
})
export class PostgresModule implements OnModuleInit {
  private readonly log = new Logger('Postgres');

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly environment: Environment,
  ) {}

  async onModuleInit(): Promise<void> {
    const isProduction = this.environment.NODE_ENV === 'production';
    const remarks = await whenReachable(() => checkServer(this.source, isProduction));
    for (const remark of remarks) this.log.warn({ msg: remark });
  }
}
