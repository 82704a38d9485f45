import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readRules, RULES_FOLDER } from '../support/operators-files.js';

interface RuleTest {
  readonly alert_rule_test: readonly {
    readonly alertname: string;
    readonly exp_alerts: readonly unknown[];
  }[];
}

const alerts = readRules();
const runbook = readFileSync(join(__dirname, '../../docs/runbook.md'), 'utf8');
const headings = [...runbook.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);

it('every alert has its heading in the runbook, in the same order, and leads there', () => {
  expect(alerts.map(({ alert }) => alert)).toEqual(headings);
  for (const { alert, annotations } of alerts)
    expect(annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
});

it('every alert is shown to fire and to rest', () => {
  const { tests } = parse(readFileSync(join(RULES_FOLDER, 'rules.test.yaml'), 'utf8')) as {
    tests: RuleTest[];
  };
  const shown = tests.flatMap(({ alert_rule_test: all }) => all);
  for (const { alert } of alerts) {
    const fires = shown
      .filter(({ alertname }) => alertname === alert)
      .map(({ exp_alerts: e }) => e.length > 0);
    expect([alert, new Set(fires)]).toEqual([alert, new Set([false, true])]);
  }
});

it('every window holds two scrapes of a Prometheus that scrapes once a minute', () => {
  const windows = alerts.flatMap(({ alert, expr }) =>
    [...expr.matchAll(/\[(\w+)\]/g)].map(([, window = '']) => ({ alert, window })),
  );
  expect(windows.length).toBeGreaterThan(5);
  // A scrape that comes late, or fails once, leaves two of five.
  expect(windows.filter(({ window }) => !(Number(/^(\d+)m$/.exec(window)?.[1]) >= 5))).toEqual([]);
});
