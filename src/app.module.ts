import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { AdminActsModule } from './platform/admin/admin-acts.module.js';
import { CampaignsApiModule } from './campaigns/campaigns-api.module.js';
import type { Environment } from './platform/config/environment.js';
import type { Role } from './platform/config/settings/process.js';
import { EnvironmentModule } from './platform/config/environment.module.js';
import { FailpointsModule } from './platform/failpoints/failpoints.module.js';
import { GrantsModule } from './grants/grants.module.js';
import { HealthModule } from './platform/health/health.module.js';
import { HttpModule } from './platform/http/http.module.js';
import { IdentityModule } from './platform/identity/identity.module.js';
import { LedgerApiModule } from './ledger/ledger-api.module.js';
import { LifecycleModule } from './platform/lifecycle/lifecycle.module.js';
import { LogPublishingModule } from './transparency/log-publishing.module.js';
import { LogStandingModule } from './transparency/standing/log-standing.module.js';
import { LogWriterModule } from './transparency/log-writer.module.js';
import { LoginModule } from './platform/login/login.module.js';
import { CountingModule } from './live/counting/counting.module.js';
import { LiveApiModule } from './live/live-api.module.js';
import { MetricsModule } from './platform/metrics/metrics.module.js';
import { PagesModule } from './pages/pages.module.js';
import { PayoutsApiModule } from './payouts/payouts-api.module.js';
import { PostgresModule } from './platform/postgres/postgres.module.js';
import { RateLimitsModule } from './platform/rate-limits/rate-limits.module.js';
import { ReaperModule } from './reaper/reaper.module.js';
import { RedisModule } from './platform/redis/redis.module.js';
import { SessionsModule } from './platform/sessions/sessions.module.js';
import { WebhookEndpointsModule } from './webhooks-out/webhook-endpoints.module.js';
import { WebhookSendingModule } from './webhooks-out/webhook-sending.module.js';
import type { Tracing } from './platform/tracing/tracing.js';
import { TracingModule } from './platform/tracing/tracing.module.js';
import { WorkerModule } from './worker/worker.module.js';

/** The modules that every role needs. */
const GROUND: readonly Type[] = [
  LifecycleModule,
  HttpModule,
  PostgresModule,
  RedisModule,
  MetricsModule,
  HealthModule,
  FailpointsModule,
  CountingModule,
];

const API: readonly Type[] = [
  IdentityModule,
  SessionsModule,
  LoginModule,
  RateLimitsModule,
  GrantsModule,
  CampaignsApiModule,
  LedgerApiModule,
  PayoutsApiModule,
  AdminActsModule,
  LiveApiModule,
  LogPublishingModule,
  WebhookEndpointsModule,
  LogStandingModule,
  PagesModule, // last: what it answers below /console is whatever nobody else does
];
const WORKER: readonly Type[] = [WorkerModule, ReaperModule, LogWriterModule, WebhookSendingModule];

/** The modules of each role. Roles are defined here and nowhere else. */
const ROLES: Readonly<Record<Role, readonly Type[]>> = {
  api: API,
  worker: WORKER,
  all: [...API, ...WORKER],
};

@Module({})
export class AppModule {
  static inRoleOf(environment: Readonly<Environment>, tracing: Tracing): DynamicModule {
    return {
      module: AppModule,
      imports: [
        EnvironmentModule.with(environment),
        TracingModule.with(tracing),
        ...GROUND,
        ...ROLES[environment.APP_ROLE],
      ],
    };
  }
}
