import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const root = join(__dirname, '../../deploy/kubernetes');

/** An object of Kubernetes, as far as all kinds are alike. */
export interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: Readonly<Record<string, unknown>>;
}

export interface ClusterFile {
  /** Below deploy/kubernetes. */
  readonly path: string;
  readonly objects: readonly ClusterObject[];
}

/** All YAML files of the base, the overlays and the components, patches and kustomizations included. */
export function readClusterFiles(): ClusterFile[] {
  return ['base', 'small', 'production', 'public-log', 'monitoring'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => {
        const path = join(folder, name);
        const documents = parseAllDocuments(readFileSync(join(root, path), 'utf8'), { merge: true });
        return { path, objects: documents.map((document) => document.toJS() as ClusterObject) };
      }),
  );
}
