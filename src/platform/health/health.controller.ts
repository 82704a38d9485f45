import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import {
  HealthCheckService,
  type HealthCheckResult,
  type HealthIndicatorResult,
  HealthIndicatorService,
} from '@nestjs/terminus';
import { Draining } from '../lifecycle/draining.js';
import { Problem } from '../problems/problem.js';
import { PostgresIndicator } from './postgres-indicator.js';
import { Readiness, type ReadinessCheck } from './readiness.js';
import { RedisIndicator } from './redis-indicator.js';

/** For load balancers and orchestrators. Live: restart me if this fails. Ready: send me traffic while this succeeds. */
@ApiExcludeController()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly postgres: PostgresIndicator,
    private readonly redis: RedisIndicator,
    private readonly readiness: Readiness,
    private readonly draining: Draining,
  ) {}

  @Get('live')
  @Header('Cache-Control', 'no-store')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @Header('Cache-Control', 'no-store')
  async ready(): Promise<HealthCheckResult> {
    try {
      return await this.health.check([
        () => this.postgres.check(),
        () => this.redis.check(),
        ...this.readiness.all().map(
          ([name, check]) =>
            () =>
              this.ask(name, check),
        ),
        () => this.notDraining(),
      ]);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      throw new Problem(503, 'unavailable', 'Not ready', {
        members: { checks: (error.getResponse() as HealthCheckResult).details },
        headers: { 'Retry-After': '1' },
      });
    }
  }

  private async ask(name: string, check: ReadinessCheck): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(name);
    const message = await check();
    return message === null ? indicator.up() : indicator.down({ message });
  }

  private notDraining(): HealthIndicatorResult {
    const indicator = this.indicators.check('lifecycle');
    return this.draining.active ? indicator.down({ message: 'draining' }) : indicator.up();
  }
}
