import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { findKubectlBinary } from '../../tools/stack/servers/kubectl-binary.js';
import type { ClusterObject } from './cluster-files.js';

const run = promisify(execFile);
const manifests = join(__dirname, '../../deploy/kubernetes');

/** What `kubectl kustomize` makes of an overlay, with the named components as an installation would add them. */
export async function renderOverlay(
  overlay: 'small' | 'production',
  components: readonly string[] = [],
): Promise<ClusterObject[]> {
  const folder = await mkdtemp(join(tmpdir(), 'seonchak-overlay-'));
  try {
    const path = (name: string): string => relative(folder, join(manifests, name));
    const kustomization = {
      namespace: 'seonchak',
      resources: [path(overlay)],
      components: components.map(path),
    };
    await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    const { stdout } = await run(await findKubectlBinary(console.log), ['kustomize', folder]);
    return parseAllDocuments(stdout).map((document) => document.toJS() as ClusterObject);
  } finally {
    await rm(folder, { recursive: true });
  }
}
