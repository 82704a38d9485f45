import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ClusterObject } from '../support/cluster-files.js';
import { checkPublishedSchema } from '../support/published-schemas.js';
import { renderOverlay } from '../support/rendered-overlay.js';
import { unknownFields } from '../support/unknown-fields.js';

interface Pod {
  readonly containers: readonly {
    readonly env: readonly { readonly name: string; readonly value?: string }[];
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
  readonly volumes: readonly {
    readonly name: string;
    readonly persistentVolumeClaim?: { readonly claimName: string };
  }[];
}

const named = (objects: readonly ClusterObject[], kind: string, name: string): ClusterObject => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (!found) throw new Error(`There is no ${kind} ${name}`);
  return found;
};

const podOf = (objects: readonly ClusterObject[], deployment: string): Pod =>
  (named(objects, 'Deployment', deployment).spec?.template as { spec: Pod }).spec;

const variablesOf = ({ containers: [container] }: Pod): string[] =>
  (container?.env ?? []).map(({ name }) => name);

describe.each([
  ['small', []],
  ['small', ['public-log']],
  ['production', []],
  ['production', ['public-log']],
] as const)('%s with %j, as kubectl renders it,', (overlay, components) => {
  let objects: ClusterObject[];

  beforeAll(async () => {
    objects = await renderOverlay(overlay, components);
  });

  it('is what the published schemas allow, in one namespace', async () => {
    expect(objects.length).toBeGreaterThan(10);
    for (const object of objects) await checkPublishedSchema(object);
    const elsewhere = objects.filter(
      ({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace !== 'seonchak',
    );
    expect(elsewhere).toEqual([]);
  });

  it('gives the private key of the log to workers only, and only with the log', () => {
    expect(variablesOf(podOf(objects, 'seonchak-api'))).not.toContain('TRANSPARENCY_KEY');
    expect(variablesOf(podOf(objects, 'seonchak-worker')).includes('TRANSPARENCY_KEY')).toBe(
      components.length > 0,
    );
  });
});

it('workers keep the checkpoint of the log in a volume that all of them share', async () => {
  const objects = await renderOverlay('production', ['public-log']);
  const { containers, volumes } = podOf(objects, 'seonchak-worker');
  const [{ env, volumeMounts } = { env: [], volumeMounts: [] }] = containers;
  const file = env.find(({ name }) => name === 'TRANSPARENCY_CHECKPOINT_FILE')?.value ?? '/';
  const volume = volumeMounts.find(({ mountPath }) => mountPath === dirname(file))?.name;
  const claim = volumes.find(({ name }) => name === volume)?.persistentVolumeClaim?.claimName ?? '';
  expect(named(objects, 'PersistentVolumeClaim', claim).spec?.accessModes).toEqual(['ReadWriteMany']);
});

it('no object has a field that does not exist', async () => {
  const objects = [
    ...(await renderOverlay('small', ['public-log', 'monitoring'])),
    ...(await renderOverlay('production', ['public-log', 'monitoring'])),
  ];
  expect(unknownFields(objects)).toEqual([]);
  const [namespace] = objects.filter(({ kind }) => kind === 'Namespace');
  expect(unknownFields([{ ...namespace!, spec: { finalisers: [] } }])).toEqual([
    expect.stringMatching(/^Namespace seonchak: .*finalisers/),
  ]);
}, 60_000);

it('a node can be drained while pods of the service are not ready, since Postgres or Redis is away', async () => {
  const objects = await renderOverlay('production');
  for (const role of ['seonchak-api', 'seonchak-worker'])
    expect(named(objects, 'PodDisruptionBudget', role).spec).toMatchObject({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
});

it('a migration that fails leaves its pod, which has the log', async () => {
  const { template } = named(await renderOverlay('small'), 'Job', 'seonchak-migrate').spec ?? {};
  expect(template).toMatchObject({ spec: { restartPolicy: 'Never' } });
});

it('every Secret that the production overlay names is made by docs/kubernetes.md or by CloudNativePG', async () => {
  const text = JSON.stringify(await renderOverlay('production', ['public-log']));
  const named = /"(?:secretRef|secretKeyRef|accessKeyId|secretAccessKey)":\{[^}]*"name":"([\w-]+)"/g;
  const names = new Set([...text.matchAll(named)].map(([, name = '']) => name));
  const page = readFileSync(join(__dirname, '../../docs/kubernetes.md'), 'utf8');
  const made = [...page.matchAll(/create secret generic ([\w-]+)/g)].map(([, name = '']) => name);
  expect([...names].sort()).toEqual([...new Set([...made, 'seonchak-postgres-app'])].sort());
});

it('production archives WAL and makes base backups, in a store that exists', async () => {
  const objects = await renderOverlay('production');
  const plugin = 'barman-cloud.cloudnative-pg.io';
  const { plugins } = named(objects, 'Cluster', 'seonchak-postgres').spec as {
    plugins: { name: string; isWALArchiver: boolean; parameters: { barmanObjectName: string } }[];
  };
  expect(plugins).toMatchObject([{ name: plugin, isWALArchiver: true }]);
  named(objects, 'ObjectStore', plugins[0]?.parameters.barmanObjectName ?? '');
  expect(named(objects, 'ScheduledBackup', 'seonchak-postgres').spec).toMatchObject({
    cluster: { name: 'seonchak-postgres' },
    method: 'plugin',
    pluginConfiguration: { name: plugin },
  });
});
