import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromEnvironment } from './dot-env.js';
import { dataFolder } from './project-folders.js';
import { StackError } from './stack-error.js';
import { isRunningTool } from './stack-owner.js';

/** What a running `npm start` offers to the other tools. */
export interface RunningStack {
  /** Of `npm start`. */
  pid?: number;
  /** Set while it is stopping: its servers must not be used any more, and all other fields are absent. */
  stopping?: true;
  /** The service's address, without a trailing slash. */
  url?: string;
  databaseUrl?: string;
  redisUrl?: string;
  /** Absent when tokens come from JWT_JWKS_URL. */
  jwtSecret?: string;
}

const file = join(dataFolder, 'stack.json');

const variables = { databaseUrl: 'DATABASE_URL', redisUrl: 'REDIS_URL', jwtSecret: 'JWT_SECRET' } as const;

/** Tells the other tools where this stack is. The file holds secrets, so only its owner may read it. */
export async function announceStack(stack: RunningStack): Promise<void> {
  await writeFile(file, JSON.stringify(stack, null, 2), { mode: 0o600 });
}

/** Waits until an `npm start` that is stopping has exited and released its servers and its port. */
export async function waitForStoppingStack(
  log: (line: string) => void,
  isUnwanted: () => boolean,
): Promise<void> {
  let told = false;
  while (!isUnwanted()) {
    const { pid, stopping } = await announcedStack();
    if (!stopping) return;
    if (!told) log(`Another "npm start" (process ${pid}) is stopping: waiting for it …`);
    told = true;
    await sleep(200);
  }
}

/** Undoes `announceStack`. */
export async function withdrawStack(): Promise<void> {
  await rm(file, { force: true });
}

/** What the running `npm start` has announced, regardless of environment variables. */
export async function announcedStack(): Promise<RunningStack> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const stack = JSON.parse(text) as RunningStack;
  return stack.pid !== undefined && (await isRunningTool(stack.pid)) ? stack : {};
}

/**
 * The running stack. DATABASE_URL, REDIS_URL and JWT_SECRET in the environment override what it announces. Throws a
 * StackError if one of the `needed` facts comes from neither.
 */
export async function findRunningStack<Needed extends keyof RunningStack>(
  ...needed: Needed[]
): Promise<RunningStack & Required<Pick<RunningStack, Needed>>> {
  const stack = await announcedStack();
  for (const [fact, variable] of Object.entries(variables) as [keyof typeof variables, string][]) {
    stack[fact] = fromEnvironment(variable) ?? stack[fact];
  }
  if (needed.some((fact) => stack[fact] === undefined)) {
    const named = needed.flatMap((fact) =>
      fact in variables ? [variables[fact as keyof typeof variables]] : [],
    );
    const alternative = named.length === needed.length ? `, or set ${named.join(' and ')}` : '';
    throw new StackError(`No running stack was found: start one with "npm start"${alternative}.`);
  }
  return stack as RunningStack & Required<Pick<RunningStack, Needed>>;
}
