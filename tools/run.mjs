// Runs a tool of this project from a fresh checkout: checks Node, installs the packages, builds, then runs
// dist/{tools,verification,bench}/<name>.js in this process. Plain JavaScript without dependencies, because it runs
// before any exist. Its own messages go to stderr, so that stdout carries only the tool's output (a token, a report).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { argv, chdir, env, exit, kill, pid, stderr, stdout, versions } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const sources = ['src', 'migrations', 'tools', 'verification', 'bench'];
const buildInputs = [
  ...sources,
  'web',
  'client',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'package.json',
  'package-lock.json',
];
const installStamp = join(root, 'node_modules', '.installed');
const buildStamp = join(root, 'dist', '.built');
const lock = join(root, '.cache', 'prepare.lock');

const say = (line) => stderr.write(`${line}\n`);

function fail(sentence) {
  say(sentence);
  exit(1);
}

function checkNode() {
  const [major, minor] = versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node.js 20.19 or newer is needed; this is ${versions.node}. See https://nodejs.org/en/download.`);
  }
}

/**
 * The hash of what decides which packages are installed; a changed script or version number is no reason to do it
 * again.
 */
function packagesFingerprint() {
  const { dependencies, devDependencies, optionalDependencies, overrides, allowScripts } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(JSON.stringify([dependencies, devDependencies, optionalDependencies, overrides, allowScripts]))
    .digest('hex');
}

/** A hash over path, size and time of every source. It detects deleted and back-dated files as well. */
function sourcesFingerprint() {
  const hash = createHash('sha256');
  const visit = (path) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) {
      for (const name of readdirSync(join(root, path)).sort()) visit(join(path, name));
    } else {
      hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`);
    }
  };
  buildInputs.forEach(visit);
  return hash.digest('hex');
}

const stampSays = (stamp, fingerprint) =>
  existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === fingerprint;
const installed = () => stampSays(installStamp, packagesFingerprint());
const built = () => stampSays(buildStamp, sourcesFingerprint());

/** Runs a step with its output on stderr. Exits when the step fails. */
function step(program, args, sentence) {
  const { status, signal, error } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  rmSync(lock, { recursive: true, force: true });
  if (signal) exit(1);
  fail(error ? `${sentence} (${error.message})` : sentence);
}

function install() {
  say('Installing packages (the first time, a minute or more) …');
  // `npm ci` replaces node_modules: while it works, and should it be interrupted, nothing may count as installed.
  rmSync(installStamp, { force: true });
  step(
    'npm',
    ['ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional', '--loglevel=error'],
    'npm ci failed: see its message above. After a change to package.json, run `npm install` first.',
  );
  writeFileSync(installStamp, packagesFingerprint());
}

/** Removes the output of deleted sources: a stale migration would still run. */
function removeOrphans(folder) {
  for (const entry of readdirSync(join(root, 'dist', folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const source = entry.isDirectory() ? path : path.replace(/\.js(\.map)?$/, '.ts');
    if (!existsSync(join(root, source))) rmSync(join(root, 'dist', path), { recursive: true });
    else if (entry.isDirectory()) removeOrphans(path);
  }
}

function build() {
  say('Building …');
  // Taken before the build, so that a file edited during the build is built again next time.
  const fingerprint = sourcesFingerprint();
  step('npm', ['run', '--silent', 'build'], 'The build failed: see the errors above.');
  sources.filter((name) => existsSync(join(root, 'dist', name))).forEach(removeOrphans);
  writeFileSync(buildStamp, fingerprint);
}

/** Whether the lock's owner has exited. Right after mkdir the owner has not written its pid yet. */
function lockIsStale() {
  try {
    const owner = Number(readFileSync(join(lock, 'pid'), 'utf8'));
    // In a container a restarted tool may have the same pid as the one that was killed.
    if (owner === pid) return true;
    kill(owner, 0);
    return false;
  } catch (error) {
    if (error.code === 'EPERM') return false;
    if (error.code === 'ESRCH') return true;
    const made = statSync(lock, { throwIfNoEntry: false });
    return made !== undefined && Date.now() - made.mtimeMs > 10_000;
  }
}

/** Holds the lock directory during the work: two invocations at once would write the same node_modules and dist. */
async function whileLocked(work) {
  mkdirSync(dirname(lock), { recursive: true });
  for (let told = false; ; await sleep(200)) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (lockIsStale()) {
      // Renaming is atomic: if two processes find the lock stale, only one of them moves it away.
      const aside = `${lock}.${pid}`;
      try {
        renameSync(lock, aside);
        rmSync(aside, { recursive: true, force: true });
      } catch (error) {
        if (error.code !== 'ENOENT') throw error;
      }
    } else if (!told) {
      told = true;
      say('Another run is installing or building: waiting for it …');
    }
  }
  try {
    writeFileSync(join(lock, 'pid'), String(pid));
    work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

async function prepare() {
  const isImage = env.NODE_ENV === 'production' && !existsSync(join(root, 'src'));
  if (isImage && existsSync(join(root, 'dist'))) return;
  if (installed() && built()) return;
  await whileLocked(() => {
    if (!installed()) install();
    if (!built()) build();
  });
}

/**
 * The tool's help as docs/commands.md has it: before anything is installed or built. A test keeps the page up to date.
 */
function helpOf(tool) {
  const page = join(root, 'docs', 'commands.md');
  if (!existsSync(page)) return undefined;
  return new RegExp(`\\n## npm (?:run )?${tool}\\n\\n\`\`\`text\\n(.*?\\n)\`\`\`\\n`, 's').exec(
    readFileSync(page, 'utf8'),
  )?.[1];
}

const [name, ...rest] = argv.slice(2);
checkNode();
if (!name || !/^[a-z-]+$/.test(name)) fail('Name a tool, for example: node tools/run.mjs start');
chdir(root);
const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
const help = own.some((arg) => arg === '--help' || arg === '-h') ? helpOf(name) : undefined;
if (help) {
  stdout.write(help);
  exit(0);
}
try {
  await prepare();
} catch (error) {
  if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(error.code)) throw error;
  fail(`Cannot prepare the project folder: ${error.message}`);
}
const tool = ['tools', 'verification', 'bench']
  .map((folder) => join(root, 'dist', folder, `${name}.js`))
  .find(existsSync);
if (!tool) fail(`There is no tool named "${name}".`);
argv.splice(1, argv.length, tool, ...rest);
await import(pathToFileURL(tool).href);
