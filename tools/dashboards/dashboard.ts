/** A query and how its series are named: `{{label}}` stands for the value of a label. */
type Query = readonly [expr: string, legend: string];

export interface Panel {
  readonly title: string;
  /** What it says and what is normal. */
  readonly description: string;
  /** A unit of Grafana's: `s`, `short`, `ops`, `bytes`, … */
  readonly unit: string;
  readonly queries: readonly Query[];
}

export interface Dashboard {
  /** Part of its address in Grafana: never changes. */
  readonly uid: string;
  readonly title: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

/** Grafana's grid is 24 wide: three panels a line. */
const WIDTH = 8;
const HEIGHT = 8;
const PANELS_A_LINE = 3;

/** The dashboard as Grafana imports it (schema 39, Grafana 10 and newer), for a Prometheus that the reader chooses. */
export function grafanaJson({ uid, title, rows }: Dashboard): string {
  const panels: unknown[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      ...{ id: panels.length + 1, type: 'row', title: row.title, collapsed: false, panels: [] },
      gridPos: { x: 0, y, w: 24, h: 1 },
    });
    for (const [i, panel] of row.panels.entries()) {
      const line = Math.floor(i / PANELS_A_LINE);
      const gridPos = { x: (i % PANELS_A_LINE) * WIDTH, y: y + 1 + line * HEIGHT, w: WIDTH, h: HEIGHT };
      panels.push(timeSeries(panels.length + 1, panel, gridPos));
    }
    y += 1 + Math.ceil(row.panels.length / PANELS_A_LINE) * HEIGHT;
  }
  const dashboard = {
    ...{ uid, title, tags: ['seonchak'], schemaVersion: 39, editable: true, refresh: '10s' },
    time: { from: 'now-1h', to: 'now' },
    templating: { list: [DATASOURCE] },
    panels,
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

const DATASOURCE = {
  ...{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
};

function timeSeries(id: number, panel: Panel, gridPos: object): unknown {
  const { title, description, unit, queries } = panel;
  return {
    ...{ id, type: 'timeseries', title, description, gridPos },
    datasource: { type: 'prometheus', uid: '${datasource}' },
    fieldConfig: { defaults: { unit }, overrides: [] },
    targets: queries.map(([expr, legendFormat], i) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + i),
      expr,
      legendFormat,
    })),
  };
}
