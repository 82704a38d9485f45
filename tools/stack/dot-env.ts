import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project-folders.js';

/** Reads the project's `.env`, if there is one; what the environment already says wins. */
export function loadDotEnv(): void {
  const file = join(projectRoot, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}

/** A variable of the environment; an empty one counts as not set. */
export function fromEnvironment(name: string): string | undefined {
  return process.env[name] || undefined;
}
