import type { ClusterObject } from '../support/cluster-files.js';
import {
  type Labels,
  mayConnect,
  type Party,
  podsOf,
  type Selector,
  selects,
} from '../support/cluster-network.js';
import { renderOverlay } from '../support/rendered-overlay.js';

interface Spec {
  readonly selector?: Labels | Selector;
  readonly podSelector?: Selector;
  readonly template?: {
    readonly metadata: { readonly labels: Labels };
    readonly spec: { readonly topologySpreadConstraints?: readonly { readonly labelSelector: Selector }[] };
  };
}

const service = (component: string): Party => ({
  labels: { 'app.kubernetes.io/name': 'seonchak', 'app.kubernetes.io/component': component },
});
const store = (name: string): Party => ({
  labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': 'store' },
});
const elsewhere = (namespace: string, labels: Labels = {}): Party => ({ namespace, labels });
const roles = ['api', 'worker', 'migrate'].map(service);

/** By overlay: each store, and the ports at which the service asks it. */
const STORES: Readonly<Record<'small' | 'production', readonly (readonly [Party, readonly number[]])[]>> = {
  small: [
    [store('seonchak-postgres'), [5432]],
    [store('seonchak-redis'), [6379]],
  ],
  production: [
    [{ labels: { 'cnpg.io/cluster': 'seonchak-postgres' } }, [5432]],
    [store('seonchak-valkey'), [6379, 26379]],
  ],
};

describe.each(['small', 'production'] as const)('%s', (overlay) => {
  let objects: ClusterObject[];

  beforeAll(async () => {
    objects = await renderOverlay(overlay, ['monitoring']);
  });

  it('selects pods that exist by each selector', () => {
    const pods = podsOf(objects);
    for (const { kind, metadata, spec = {} } of objects) {
      const { selector, podSelector, template } = spec as Spec;
      const found = pods.filter((labels) =>
        kind === 'Service'
          ? selects({ matchLabels: selector as Labels }, labels)
          : selects((selector as Selector | undefined) ?? podSelector ?? {}, labels),
      );
      expect([kind, metadata.name, found.length > 0]).toEqual([kind, metadata.name, true]);
      for (const { labelSelector } of template?.spec.topologySpreadConstraints ?? [])
        expect(selects(labelSelector, template?.metadata.labels ?? {})).toBe(true);
    }
  });

  it('lets every role reach its stores and name servers, wherever those are', () => {
    for (const role of roles) {
      for (const [where, ports] of STORES[overlay])
        for (const port of ports) expect(mayConnect(objects, role, where, port)).toBe(true);
      expect(mayConnect(objects, role, elsewhere('kube-system', { 'k8s-app': 'kube-dns' }), 53)).toBe(true);
      expect(mayConnect(objects, role, elsewhere('idp'), 443)).toBe(true);
    }
    // A name server of the node (NodeLocal DNSCache) is no pod: a rule that names pods or namespaces does not admit it.
    const policy = objects.find(
      ({ kind, metadata: { name } }) => kind === 'NetworkPolicy' && name === 'seonchak',
    );
    const { egress } = policy?.spec as { egress: { to?: unknown; ports: { port: number }[] }[] };
    expect(egress.find(({ ports }) => ports.some(({ port }) => port === 53))?.to).toBeUndefined();
  });

  it('lets nobody else in', () => {
    const [api, worker] = roles as [Party, Party, Party];
    expect(mayConnect(objects, elsewhere('ingress'), api, 3000)).toBe(true);
    expect(mayConnect(objects, elsewhere('monitoring'), worker, 9464)).toBe(true);
    expect(mayConnect(objects, elsewhere('ingress'), api, 9464)).toBe(false);
    expect(mayConnect(objects, elsewhere('shop'), api, 3000)).toBe(false);
    for (const [where, ports] of STORES[overlay])
      for (const port of ports) expect(mayConnect(objects, elsewhere('shop'), where, port)).toBe(false);
  });
});

it('lets CloudNativePG work in production: its operator, its instances among themselves, its metrics', async () => {
  const objects = await renderOverlay('production');
  const instance: Party = { labels: { 'cnpg.io/cluster': 'seonchak-postgres' } };
  for (const port of [5432, 8000]) {
    expect(mayConnect(objects, elsewhere('cnpg-system'), instance, port)).toBe(true);
    expect(mayConnect(objects, instance, instance, port)).toBe(true);
  }
  expect(mayConnect(objects, elsewhere('monitoring'), instance, 9187)).toBe(true);
});
