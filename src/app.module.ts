import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { AdminActsModule } from './admin-acts/admin-acts.module.js';
import { CampaignsApiModule } from './campaigns/campaigns-api.module.js';
import type { Environment, Role } from './config/environment.js';
import { EnvironmentModule } from './config/environment.module.js';
import { FailpointsModule } from './failpoints/failpoints.module.js';
import { GrantsModule } from './grants/grants.module.js';
import { HealthModule } from './health/health.module.js';
import { HttpModule } from './http/http.module.js';
import { IdentityModule } from './identity/identity.module.js';
import { LedgerApiModule } from './ledger/ledger-api.module.js';
import { LifecycleModule } from './lifecycle/lifecycle.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { PayoutDeskModule } from './payout-desk/payout-desk.module.js';
import { PostgresModule } from './postgres/postgres.module.js';
import { RateLimitsModule } from './rate-limits/rate-limits.module.js';
import { ReaperModule } from './reaper/reaper.module.js';
import { RedisModule } from './redis/redis.module.js';
import { WorkerModule } from './worker/worker.module.js';

/** What every role stands on. */
const GROUND: readonly Type[] = [
  LifecycleModule,
  HttpModule,
  PostgresModule,
  RedisModule,
  MetricsModule,
  HealthModule,
  FailpointsModule,
];

const API: readonly Type[] = [
  IdentityModule,
  RateLimitsModule,
  GrantsModule,
  CampaignsApiModule,
  LedgerApiModule,
  PayoutDeskModule,
  AdminActsModule,
];
const WORKER: readonly Type[] = [WorkerModule, ReaperModule];

/** What a role is: the only place that says so. */
const ROLES: Readonly<Record<Role, readonly Type[]>> = {
  api: API,
  worker: WORKER,
  all: [...API, ...WORKER],
};

@Module({})
export class AppModule {
  static inRoleOf(environment: Readonly<Environment>): DynamicModule {
    return {
      module: AppModule,
      imports: [EnvironmentModule.with(environment), ...GROUND, ...ROLES[environment.APP_ROLE]],
    };
  }
}
