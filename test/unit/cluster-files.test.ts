import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { Environment } from '../../src/platform/config/environment.js';
import { readEnvironment } from '../../src/platform/config/read-environment.js';
import { type ClusterObject, readClusterFiles } from '../support/cluster-files.js';
import { checkPublishedSchema } from '../support/published-schemas.js';

const PATCHES = [
  ...['production/worker-replicas.yaml', 'production/database-url.yaml'],
  ...['public-log/worker.yaml', 'public-log/api.yaml'],
];

interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string }[];
}

interface PodSpec {
  readonly terminationGracePeriodSeconds?: number;
  readonly containers: readonly Container[];
}

const files = readClusterFiles();
const objects = files
  .filter(({ path }) => !PATCHES.includes(path))
  .flatMap(({ path, objects: all }) => all.map((object) => ({ path, object })));

const podOf = (object: ClusterObject): PodSpec | undefined =>
  (object.spec?.template as { spec?: PodSpec } | undefined)?.spec;

/** What the service reads: the properties of Environment that have a value or may have one. */
const known = new Set([
  ...Object.keys(
    readEnvironment({
      DATABASE_URL: 'postgres://u:p@h/d',
      REDIS_URL: 'redis://h',
      JWT_SECRET: 'x'.repeat(32),
    }),
  ),
  ...readdirSync(join(__dirname, '../../src/platform/config/settings')).flatMap((file) =>
    [
      ...readFileSync(join(__dirname, '../../src/platform/config/settings', file), 'utf8').matchAll(
        /^ {2}readonly ([A-Z_]+)\??:/gm,
      ),
    ].map(([, name = '']) => name),
  ),
]);

/** The settings that the base gives to every pod of the service. */
const settings = Object.fromEntries(
  (
    parse(readFileSync(join(__dirname, '../../deploy/kubernetes/base/kustomization.yaml'), 'utf8')) as {
      configMapGenerator: { literals: string[] }[];
    }
  ).configMapGenerator.flatMap(({ literals }) => literals.map((line) => line.split('=', 2))),
) as Record<string, string>;

it.each(objects.map(({ path, object }) => [`${path}: ${object.kind}`, object] as const))(
  '%s is what the published schema allows',
  async (_, object) => checkPublishedSchema(object),
);

interface Composition {
  readonly services: Readonly<
    Record<string, { readonly environment?: Record<string, string | null>; readonly volumes?: string[] }>
  >;
}

const compose = parse(readFileSync(join(__dirname, '../../docker/compose.yaml'), 'utf8'), {
  merge: true,
}) as Composition;

describe('the log of a fair order in the composition', () => {
  const whoHas = (name: string): string[] =>
    Object.entries(compose.services)
      .filter(([, { environment = {} }]) => name in environment)
      .map(([service]) => service);

  it('has each of its private keys in one role only', () => {
    expect(whoHas('TRANSPARENCY_KEY')).toEqual(['worker']);
    expect(whoHas('TRANSPARENCY_RECEIPT_KEY')).toEqual(['api']);
  });

  it('keeps its checkpoint in a volume, which outlives every container', () => {
    const { environment = {}, volumes = [] } = compose.services.worker ?? {};
    const folder = dirname(environment.TRANSPARENCY_CHECKPOINT_FILE ?? '/');
    expect(volumes).toEqual([`log-checkpoint:${folder}`]);
  });
});

describe('variables of the service', () => {
  it('that the manifests set exist', () => {
    const set = files
      .flatMap(({ objects: all }) => all)
      .flatMap((object) => podOf(object)?.containers ?? [])
      .filter(({ name }) => name === 'seonchak')
      .flatMap(({ env = [] }) => env.map(({ name }) => name));
    expect(set).toContain('APP_ROLE');
    for (const name of [...set, ...Object.keys(settings)]) expect(known).toContain(name);
  });

  it('that the composition passes on are all that there are', () => {
    const passed = ['api', 'worker', 'migrate'].flatMap((service) =>
      Object.keys(compose.services[service]?.environment ?? {}),
    );
    // What a container has by itself, what names files of it, and what is not for production.
    const others = ['HOST', 'PORT', 'METRICS_PORT', 'DEV_LOGIN', 'FAILPOINTS'];
    const files = ['REDIS_TLS_CA_FILE', 'REDIS_TLS_CERT_FILE', 'REDIS_TLS_KEY_FILE'];
    expect([...new Set([...passed, ...others, ...files])].sort()).toEqual([...known].sort());
  });

  it('have values that the service accepts', () => {
    const secrets = {
      DATABASE_URL: 'postgres://u:p@h/d',
      REDIS_URL: 'redis://h',
      JWT_SECRET: 'x'.repeat(32),
    };
    const tokens = { JWT_ISSUER: 'issuer', JWT_AUDIENCE: 'audience' };
    const environment: Environment = readEnvironment({ ...settings, ...secrets, ...tokens });
    expect(environment.NODE_ENV).toBe('production');
  });
});

it('a pod has more time to end than the service takes to drain', () => {
  const takenMs = Number(settings.DRAIN_DELAY_MS) + Number(settings.SHUTDOWN_DEADLINE_MS);
  const deployments = objects.filter(({ object }) => object.kind === 'Deployment');
  expect(deployments).toHaveLength(2);
  for (const { object } of deployments)
    expect((podOf(object)?.terminationGracePeriodSeconds ?? 0) * 1_000).toBeGreaterThan(takenMs);
});

it('Postgres answers a COMMIT only once a standby has it, and promotes no other one, in production (P4)', () => {
  const cluster = objects.find(({ object }) => object.kind === 'Cluster')?.object;
  const synchronous = { dataDurability: 'required', failoverQuorum: true };
  expect(cluster?.spec?.postgresql).toMatchObject({ synchronous });
});

const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const;

interface Probed extends Record<
  (typeof PROBES)[number],
  { readonly httpGet: { readonly path: string; readonly port: string } }
> {
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
}

it('probes ask for paths that the service has, at the port at which it has them', () => {
  const source = readFileSync(join(__dirname, '../../src/platform/health/health.controller.ts'), 'utf8');
  const [, root = ''] = /@Controller\('(\w+)'\)/.exec(source) ?? [];
  const paths = [...source.matchAll(/@Get\('(\w+)'\)/g)].map(([, path = '']) => `/${root}/${path}`);
  const deployments = objects.filter(({ object }) => object.kind === 'Deployment');
  expect(deployments.length).toBeGreaterThan(1);
  for (const { object } of deployments) {
    const container = podOf(object)?.containers[0] as unknown as Probed;
    for (const probe of PROBES) {
      const { path, port } = container[probe].httpGet;
      expect(paths).toContain(path);
      const asked = container.ports.find(({ name }) => name === port)?.containerPort;
      expect(String(asked)).toBe(settings.METRICS_PORT);
    }
  }
});

it('Postgres has a connection for all that a roll-out at the largest scale may ask for, in production', () => {
  const specOf = (kind: string): ClusterObject['spec'] =>
    objects.find(({ object }) => object.kind === kind)?.object.spec;
  const { DATABASE_POOL_SIZE, DATABASE_READ_POOL_SIZE } = readEnvironment({
    DATABASE_URL: 'postgres://u:p@h/d',
    REDIS_URL: 'redis://h',
    JWT_SECRET: 'x'.repeat(32),
  });
  const apis = Number(specOf('ScaledObject')?.maxReplicaCount);
  const workers = Number(
    files.find(({ path }) => path === 'production/worker-replicas.yaml')?.objects[0]?.spec?.replicas,
  );
  // One more of each by a roll-out; twenty for the migration, tools, probes and the operator.
  const asked = (apis + 1 + workers + 1) * (DATABASE_POOL_SIZE + DATABASE_READ_POOL_SIZE) + 20;
  const { parameters } = specOf('Cluster')?.postgresql as { parameters: { max_connections: string } };
  expect(Number(parameters.max_connections)).toBeGreaterThanOrEqual(asked);
});
