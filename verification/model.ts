import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, UsageError } from '../tools/command.js';
import { projectRoot } from '../tools/stack/project-folders.js';

// The model belongs to the tests, which tools do not import: it is a program of its own.
runCommand(async () => {
  const model = join(projectRoot, 'dist', 'test', 'model', 'main.js');
  if (!existsSync(model))
    throw new UsageError('The model is not built: it is part of the tests, and not of the image.');
  const { status } = spawnSync(process.execPath, [model, ...process.argv.slice(2)], { stdio: 'inherit' });
  return status ?? 1;
});
