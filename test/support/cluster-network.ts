import type { ClusterObject } from './cluster-files.js';

export type Labels = Readonly<Record<string, string>>;

export interface Selector {
  readonly matchLabels?: Labels;
}

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
}

interface Rule {
  /** None: everybody. */
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  /** None: all of them. */
  readonly ports?: readonly { readonly port: number; readonly protocol?: string }[];
}

interface Policy {
  readonly podSelector: Selector;
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/** A pod of the overlay's namespace, or of another one. */
export interface Party {
  readonly labels: Labels;
  /** Set for a pod of another namespace. */
  readonly namespace?: string;
}

export function selects({ matchLabels = {} }: Selector, labels: Labels): boolean {
  return Object.entries(matchLabels).every(([name, value]) => labels[name] === value);
}

/** The labels of all pods that the objects make. */
export function podsOf(objects: readonly ClusterObject[]): Labels[] {
  return objects.flatMap(({ kind, metadata, spec }) => {
    // The operator of CloudNativePG makes the pods of a Cluster.
    if (kind === 'Cluster') return [{ 'cnpg.io/cluster': metadata.name }];
    const template = spec?.template as { readonly metadata: { readonly labels: Labels } } | undefined;
    return template ? [template.metadata.labels] : [];
  });
}

/** Whether the network policies let one pod connect to a TCP port of another. Pods without a policy are open. */
export function mayConnect(objects: readonly ClusterObject[], from: Party, to: Party, port: number): boolean {
  const policies = objects
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map(({ spec }) => spec as unknown as Policy);
  const policiesOf = ({ labels, namespace }: Party, type: string): Policy[] =>
    namespace === undefined
      ? policies.filter((policy) => policy.policyTypes.includes(type) && selects(policy.podSelector, labels))
      : [];
  const admits = ({ from: sources, to: targets, ports }: Rule, peer: Party): boolean => {
    const isPort = ports?.some((one) => one.port === port && (one.protocol ?? 'TCP') === 'TCP') ?? true;
    return isPort && ((sources ?? targets)?.some((one) => isPeer(one, peer)) ?? true);
  };
  const out = policiesOf(from, 'Egress');
  const into = policiesOf(to, 'Ingress');
  return (
    (out.length === 0 || out.some(({ egress = [] }) => egress.some((rule) => admits(rule, to)))) &&
    (into.length === 0 || into.some(({ ingress = [] }) => ingress.some((rule) => admits(rule, from))))
  );
}

function isPeer({ podSelector = {}, namespaceSelector }: Peer, { labels, namespace }: Party): boolean {
  if (!selects(podSelector, labels)) return false;
  if (!namespaceSelector) return namespace === undefined;
  return selects(namespaceSelector, { 'kubernetes.io/metadata.name': namespace ?? 'seonchak' });
}
