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
  /** Set while it ends: nothing of it is to be used any more, and nothing else is known of it then. */
  stopping?: true;
  /** Of the service, without a slash at the end. */
  url?: string;
  databaseUrl?: string;
  redisUrl?: string;
  /** Absent when tokens come from JWT_JWKS_URL. */
  jwtSecret?: string;
}

const file = join(dataFolder, 'stack.json');

const variables = { databaseUrl: 'DATABASE_URL', redisUrl: 'REDIS_URL', jwtSecret: 'JWT_SECRET' } as const;

/** Tells the other tools where this stack is. It holds secrets, so nobody else may read it. */
export async function announceStack(stack: RunningStack): Promise<void> {
  await writeFile(file, JSON.stringify(stack, null, 2), { mode: 0o600 });
}

/** Waits until an `npm start` that is on its way out has gone, with its servers and its port. */
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

/** What the live `npm start` has announced, without regard to the environment. */
export async function announcedStack(): Promise<RunningStack> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const stack = JSON.parse(text) as RunningStack;
  return stack.pid !== undefined && (await isRunningTool(stack.pid)) ? stack : {};
}

/**
 * The running stack; DATABASE_URL, REDIS_URL and JWT_SECRET in the environment win over what it announces.
 * A StackError when one of the `needed` facts is known from neither.
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
    throw new StackError(`No running stack was found: start one with "npm start" first${alternative}.`);
  }
  return stack as RunningStack & Required<Pick<RunningStack, Needed>>;
}
