import { dirname } from 'node:path';
import type { ClusterObject } from '../support/cluster-files.js';
import { checkPublishedSchema } from '../support/published-schemas.js';
import { renderOverlay } from '../support/rendered-overlay.js';

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

  it('is what the published schemas allow, in one namespace', () => {
    expect(objects.length).toBeGreaterThan(10);
    for (const object of objects) checkPublishedSchema(object);
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
