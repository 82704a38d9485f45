import type { ClusterObject } from './cluster-files.js';

type Kind = new (data: never) => { validate(): void };

/** The packages that have the published schemas, by kind. */
export const SCHEMA_MODULES: Readonly<Record<string, string>> = {
  ConfigMap: 'kubernetes-models/v1',
  Deployment: 'kubernetes-models/apps/v1',
  Job: 'kubernetes-models/batch/v1',
  Namespace: 'kubernetes-models/v1',
  NetworkPolicy: 'kubernetes-models/networking.k8s.io/v1',
  PersistentVolumeClaim: 'kubernetes-models/v1',
  PodDisruptionBudget: 'kubernetes-models/policy/v1',
  ScaledObject: '@kubernetes-models/keda/keda.sh/v1alpha1',
  Service: 'kubernetes-models/v1',
  StatefulSet: 'kubernetes-models/apps/v1',
};

/** CloudNativePG, its plugin and the Prometheus operator publish none as a package, Kustomize none at all. */
const WITHOUT_SCHEMA = [
  ...['Kustomization', 'Component'],
  ...['Cluster', 'ScheduledBackup', 'ObjectStore', 'PodMonitor'],
];

/** @throws Error when the object is not what the published schema of its kind allows */
export async function checkPublishedSchema(object: ClusterObject): Promise<void> {
  const { kind } = object;
  const module = SCHEMA_MODULES[kind];
  if (module !== undefined) {
    const { [kind]: Schema } = (await import(module)) as Record<string, Kind>;
    if (!Schema) throw new Error(`${module} has no ${kind}`);
    new Schema(object as never).validate();
  } else if (!WITHOUT_SCHEMA.includes(kind)) throw new Error(`No schema is known for ${kind}`);
}
