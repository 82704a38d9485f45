import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { grafanaJson } from '../../tools/dashboards/dashboard.js';
import { seonchakDashboard } from '../../tools/dashboards/seonchak-dashboard.js';
import { metricsIn } from '../support/promql-metrics.js';

const FILE = join(__dirname, '../../deploy/grafana/seonchak.json');

it('deploy/grafana is what tools/dashboards says (WRITE_DASHBOARDS=1 writes it)', () => {
  const json = grafanaJson(seonchakDashboard);
  if (process.env.WRITE_DASHBOARDS) writeFileSync(FILE, json);
  expect(readFileSync(FILE, 'utf8')).toBe(json);
});

it('every query names a metric', () => {
  for (const { panels } of seonchakDashboard.rows)
    for (const { title, queries } of panels)
      for (const [expr] of queries) expect([title, metricsIn(expr)]).not.toEqual([title, []]);
});

it('every rate is over the window of Grafana, which knows how often Prometheus scrapes', () => {
  const exprs = seonchakDashboard.rows.flatMap(({ panels }) =>
    panels.flatMap(({ queries }) => queries.map(([expr]) => expr)),
  );
  const rates = exprs.flatMap((expr) => expr.match(/\brate\([^[]*\[[^\]]*\]/g) ?? []);
  expect(rates.length).toBeGreaterThan(5);
  expect(rates.filter((rate) => !rate.endsWith('[$__rate_interval]'))).toEqual([]);
});
