import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const deploy = join(__dirname, '../../deploy');

export const RULES_FOLDER = join(deploy, 'prometheus');

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook: string };
}

/** The alerts of deploy/prometheus/rules.yaml. */
export function readRules(): AlertingRule[] {
  const file = parse(readFileSync(join(RULES_FOLDER, 'rules.yaml'), 'utf8')) as {
    groups: { rules: AlertingRule[] }[];
  };
  return file.groups.flatMap(({ rules }) => rules);
}

/** The dashboards of deploy/grafana, as Grafana reads them. */
export function dashboardFiles(): string[] {
  const folder = join(deploy, 'grafana');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name));
}
