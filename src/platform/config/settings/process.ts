import { Expose } from 'class-transformer';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { Fallback, Integer, Switch } from '../variables.js';

export const ROLES = ['api', 'worker', 'all'] as const;
export type Role = (typeof ROLES)[number];

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** What a failpoint does when it is reached: kill the process (SIGKILL), freeze it (SIGSTOP), or throw. */
export const FAILPOINT_ACTIONS = ['kill', 'stop', 'error'] as const;
export type FailpointAction = (typeof FAILPOINT_ACTIONS)[number];

const FAILPOINT = `[a-z-]+\\.[a-z-]+:(${FAILPOINT_ACTIONS.join('|')})(@[1-9]\\d{0,5})?`;
const FAILPOINT_LIST = new RegExp(`^${FAILPOINT}(,${FAILPOINT})*$`);

/** What this process is, and how it starts, logs and ends. */
export class ProcessSettings {
  @Fallback('development')
  @IsIn(['development', 'test', 'production'])
  readonly NODE_ENV: 'development' | 'test' | 'production';

  @Fallback('all')
  @IsIn(ROLES)
  readonly APP_ROLE: Role;

  /** Whether `/docs` and `/openapi.json` are served. */
  @Switch({ inProduction: false, elsewhere: true })
  readonly DOCS: boolean;

  /** The maximum time from SIGTERM to the end of the process. */
  @Integer(10_000, 100, 600_000)
  readonly SHUTDOWN_DEADLINE_MS: number;

  /** How long readiness answers 503 before the listener closes, so that load balancers notice. */
  @Integer(0, 0, 60_000)
  readonly DRAIN_DELAY_MS: number;

  @Fallback('info')
  @IsIn(LOG_LEVELS)
  readonly LOG_LEVEL: (typeof LOG_LEVELS)[number];

  /** For tests only, see `failpoints/`: e.g. `gate.decided:kill,payout.concluded:error@3` (at the third reach). */
  @Expose()
  @IsOptional()
  @Matches(FAILPOINT_LIST, { message: '$property must be a list of name:kill|stop|error[@reach]' })
  readonly FAILPOINTS?: string;
}
