import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project-folders.js';

/** Reads the project's `.env`, if there is one. Variables that are already set take precedence. */
export function loadDotEnv(): void {
  const file = join(projectRoot, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}

/** An environment variable; an empty one counts as not set. */
export function fromEnvironment(name: string): string | undefined {
  return process.env[name] || undefined;
}
