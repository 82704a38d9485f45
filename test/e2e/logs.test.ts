import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const LOGGING = join(__dirname, '../../dist/src/platform/logging');

/** The lines of JSON that the service's logger writes when a separate process runs `statement` on `log`. */
function linesOf(statement: string): Record<string, unknown>[] {
  const script = `const { ServiceLogger } = require(${JSON.stringify(join(LOGGING, 'service-logger.js'))});
    const { EventLog } = require(${JSON.stringify(join(LOGGING, 'event-log.js'))});
    const log = new ServiceLogger({ LOG_LEVEL: 'info', APP_ROLE: 'api' }); ${statement}`;
  return execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('The log', () => {
  it('is lines of JSON with level, time, role and context', () => {
    const [line] = linesOf(`log.warn({ msg: 'A thing', campaignId: 'default' }, 'Somebody')`);
    expect(line).toMatchObject({
      level: 'warn',
      role: 'api',
      context: 'Somebody',
      msg: 'A thing',
      campaignId: 'default',
    });
    expect(Date.parse(String(line?.time))).not.toBeNaN();
  });

  it('has an event code in each line that the service itself writes', () => {
    const [line] = linesOf(`require('@nestjs/common').Logger.overrideLogger(log);
      new EventLog('Doorbell').write('ring-lost', { campaignId: 'default' })`);
    expect(line).toMatchObject({
      level: 'warn',
      context: 'Doorbell',
      event: 'ring-lost',
      msg: 'A worker could not be woken; the reaper does it',
      campaignId: 'default',
    });
  });

  it('names no user, though a failed query carries hundreds', () => {
    const failed = `Object.assign(new Error('duplicate key'), { code: '23505', parameters: [['4242424242']],
      driverError: { detail: 'Key (user_id)=(4242424242) already exists.' } })`;
    for (const said of [
      `log.error({ msg: 'A request failed', err: ${failed} }, 'X')`,
      `log.error(${failed}, undefined, 'X')`,
    ]) {
      const [line] = linesOf(said);
      expect(line).toMatchObject({ level: 'error', err: { message: 'duplicate key', code: '23505' } });
      expect(JSON.stringify(line)).not.toContain('4242424242');
    }
  });

  it('keeps to its level', () => {
    expect(linesOf(`log.debug({ msg: 'A detail' }, 'X')`)).toEqual([]);
  });
});
