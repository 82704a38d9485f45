import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { Job } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Namespace, PersistentVolumeClaim, Service } from 'kubernetes-models/v1';
import type { ClusterObject } from './cluster-files.js';

type Kind = new (data: never) => { validate(): void };

/** The published schemas, by kind. */
const SCHEMAS: Readonly<Record<string, Kind>> = {
  ...{ Deployment, StatefulSet, Job, NetworkPolicy, PodDisruptionBudget, ScaledObject },
  ...{ ConfigMap, Namespace, PersistentVolumeClaim, Service },
};

/** CloudNativePG and its plugin publish none as a package, Kustomize none at all. */
const WITHOUT_SCHEMA = ['Kustomization', 'Component', 'Cluster', 'ScheduledBackup', 'ObjectStore'];

/** @throws Error when the object is not what the published schema of its kind allows */
export function checkPublishedSchema(object: ClusterObject): void {
  const Schema = SCHEMAS[object.kind];
  if (Schema) new Schema(object as never).validate();
  else if (!WITHOUT_SCHEMA.includes(object.kind)) throw new Error(`No schema is known for ${object.kind}`);
}
