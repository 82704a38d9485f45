import { CAMPAIGNS_COUNTED } from '../../src/platform/metrics/campaign-counter.js';
import { Metrics } from '../../src/platform/metrics/metrics.js';

const samplesOf = async (metrics: Metrics, name: string): Promise<string[]> =>
  (await metrics.registry.getSingleMetricAsString(name)).split('\n').filter((line) => line.startsWith(name));

/**
 * Of each counter by campaign: counts something of this campaign, twice under each of two labels where there is one
 * more.
 */
function countAll(metrics: Metrics, campaign: string): void {
  for (const outcome of ['success', 'failed', 'success']) {
    metrics.claims.inc({ campaign, outcome });
    metrics.payouts.inc({ campaign, outcome }, 2);
    metrics.recoveries.inc({ campaign, decision: outcome });
  }
  metrics.promotions.inc({ campaign }, 3);
  metrics.leasesExpired.inc({ campaign });
}

const NAMES = {
  seonchak_claims_total: 2,
  seonchak_payouts_total: 2,
  seonchak_recoveries_total: 2,
  seonchak_promotions_total: 1,
  seonchak_leases_expired_total: 1,
};

it('a process that has seen any number of campaigns has numbers of the last of them only', async () => {
  const metrics = new Metrics();
  for (let i = 0; i < 2 * CAMPAIGNS_COUNTED; i++) countAll(metrics, `c-${i}`);
  for (const [name, samples] of Object.entries(NAMES)) {
    const found = await samplesOf(metrics, name);
    expect(found).toHaveLength(CAMPAIGNS_COUNTED * samples);
    expect(found.every((line) => Number(/c-(\d+)/.exec(line)?.[1]) >= CAMPAIGNS_COUNTED)).toBe(true);
  }
});

it('counts on in a campaign that something is counted of again and again', async () => {
  const metrics = new Metrics();
  for (let i = 0; i < 2 * CAMPAIGNS_COUNTED; i++) {
    metrics.payouts.inc({ campaign: 'long', outcome: 'success' }, 2);
    metrics.payouts.inc({ campaign: `c-${i}`, outcome: 'success' });
  }
  expect(await samplesOf(metrics, 'seonchak_payouts_total')).toContain(
    `seonchak_payouts_total{campaign="long",outcome="success"} ${4 * CAMPAIGNS_COUNTED}`,
  );
});

it('has no number of a campaign that is over', async () => {
  const metrics = new Metrics();
  for (const campaign of ['finished', 'on']) countAll(metrics, campaign);
  metrics.forget('finished');
  for (const [name, samples] of Object.entries(NAMES)) {
    const found = await samplesOf(metrics, name);
    expect(found).toHaveLength(samples);
    expect(found.join()).not.toContain('finished');
  }
});
