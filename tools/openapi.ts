import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './command.js';
import { openApiText } from './stack/openapi-document.js';
import { projectRoot } from './stack/project-folders.js';

runCommand(async () => {
  await writeFile(join(projectRoot, 'openapi.json'), await openApiText());
  console.log('openapi.json is written.');
  return 0;
});
