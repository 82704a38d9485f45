import { setTimeout as sleep } from 'node:timers/promises';
import { runAudit } from '../../../src/audit/run-audit.js';
import { eventually } from '../eventually.js';
import { brokenPromises } from '../kept-promises.js';
import { isStopped } from '../process-state.js';
import { ServiceProcess } from '../service-process.js';
import type { CrashCase } from './crash-case.js';
import { LEASE_MS, type Lane } from './lane.js';
import { CAPACITY, Stage } from './stage.js';

/** How long a process is frozen: by then its leases have run out, and another process has taken over its work. */
const FROZEN_MS = 3 * LEASE_MS;
const FIRES_WITHIN_MS = 15_000;
const AT_REST_WITHIN_MS = 20_000;

/**
 * Breaks a process at this point in the middle of a campaign, mends it, waits until the campaign is at rest, and
 * expects every promise kept. A fault that did not fire fails the case.
 */
export async function runCase(lane: Lane, crash: CrashCase): Promise<void> {
  const { point, action, reach = 1, role } = crash;
  // Until the target worker is broken, the lane's worker must not take the work at which it is to break.
  if (role === 'worker') await lane.freezeWorker();
  const target = await ServiceProcess.start({
    ...lane.variables,
    APP_ROLE: role,
    FAILPOINTS: `${point}:${action}@${reach}`,
  });
  const stage = new Stage(lane, crash, crash.provoke.name, target);
  const cast = new Map([
    ['process that was to break', target],
    ['api of the lane', lane.api],
    ['worker of the lane', lane.worker],
  ]);
  try {
    await breakAndMend(stage, crash, target);
    await expectAtRest(stage);
    if (action !== 'kill') expect(await target.end('SIGTERM')).toEqual({ code: 0, signal: null });
    await stage.readAll();
    await expectPromisesKept(stage);
    await expectRebuiltOnlyWhenLost(stage);
    await lane.retire(stage.campaignId);
  } catch (error) {
    if (stage.target !== target) cast.set('process that replaced it', stage.target);
    if (error instanceof Error) error.message += whatAllSaid(cast);
    throw error;
  } finally {
    stage.client.close();
    lane.worker.signal('SIGCONT');
    await target.end('SIGKILL');
    if (stage.target !== target && role === 'api') await stage.target.end('SIGKILL');
  }
}

/** The logs of all processes of the case, each since its start: they say, for example, why a gate was rebuilt. */
function whatAllSaid(cast: ReadonlyMap<string, ServiceProcess>): string {
  return [...cast].map(([part, { stdout }]) => `\n\nThe ${part} said:\n${stdout}`).join('');
}

async function breakAndMend(stage: Stage, crash: CrashCase, target: ServiceProcess): Promise<void> {
  if (crash.point !== 'campaign.created') await stage.createCampaign();
  const provoked = crash.provoke(stage);
  const broken = hasFired(target, crash).then(async () => {
    stage.hasFired = true;
    await mend(stage, target);
  });
  await Promise.all([provoked, broken]);
}

/** Resolves once the fault has fired in this process. */
async function hasFired(target: ServiceProcess, { point, action }: CrashCase): Promise<void> {
  await eventually(async () => {
    if (action === 'kill') expect(target.ending).toEqual({ code: null, signal: 'SIGKILL' });
    if (action === 'stop') expect(await isStopped(target.pid)).toBe(true);
    if (action === 'error') expect(target.stdout).toContain(`"failpoint":"${point}"`);
  }, FIRES_WITHIN_MS);
}

/** Restarts a killed process without the fault; resumes a frozen one long after others have completed its work. */
async function mend(stage: Stage, target: ServiceProcess): Promise<void> {
  const { lane, fault } = stage;
  if (fault.action === 'kill') {
    stage.target = await target.again({ FAILPOINTS: '' });
    if (fault.role === 'api') {
      lane.worker.signal('SIGCONT');
      return;
    }
    await lane.worker.end('SIGKILL');
    lane.worker = stage.target;
    return;
  }
  lane.worker.signal('SIGCONT');
  if (fault.action === 'error') return;
  await sleep(FROZEN_MS);
  expect(await isStopped(target.pid)).toBe(true);
  target.signal('SIGCONT');
}

async function expectAtRest({ lane, campaignId }: Stage): Promise<void> {
  await eventually(async () => {
    const [counts] = await lane.world.rows(
      `SELECT count(*) FILTER (WHERE status = 'SUCCESS')::int AS success,
              count(*) FILTER (WHERE status = 'PENDING')::int AS pending,
              (SELECT count(*)::int FROM waiting_line WHERE campaign_id = $1 AND ended_at IS NULL) AS untold
         FROM user_grants WHERE campaign_id = $1`,
      [campaignId],
    );
    expect(counts).toEqual({ success: CAPACITY, pending: 0, untold: 0 });
  }, AT_REST_WITHIN_MS);
}

async function expectPromisesKept({ lane, campaignId, history }: Stage): Promise<void> {
  const { DATABASE_URL: databaseUrl = '', REDIS_URL: redisUrl = '' } = lane.variables;
  // Gate and Postgres are updated one after the other: only a difference that lasts is a violation.
  await eventually(async () => {
    const { gate, checks } = await runAudit({ databaseUrl, redisUrl, looks: 1 }, campaignId);
    const violations = checks.flatMap((check) =>
      check.violations.map((found) => `${check.promise}: ${found}`),
    );
    expect({ gate, violations }).toEqual({ gate: 'checked', violations: [] });
  });
  expect(await brokenPromises(lane.world, campaignId, history, lane.bankLog)).toEqual([]);
}

/** A gate that was rebuilt although Redis lost nothing had come to contradict Postgres. */
async function expectRebuiltOnlyWhenLost({ lane, campaignId, gateWasLost }: Stage): Promise<void> {
  const [campaign] = await lane.world.rows<{ epoch: string }>(`SELECT epoch FROM campaigns WHERE id = $1`, [
    campaignId,
  ]);
  if (gateWasLost) expect(Number(campaign?.epoch)).toBeGreaterThan(1);
  else expect(campaign?.epoch).toBe('1');
}
