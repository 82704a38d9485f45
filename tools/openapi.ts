import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCommandLine } from './command-line/read-command-line.js';
import { runCommand } from './command.js';
import { openapiCommand } from './options/openapi-options.js';
import { openApiText } from './stack/openapi-document.js';
import { projectRoot } from './stack/project-folders.js';

runCommand(openapiCommand, async (args) => {
  readCommandLine(openapiCommand, args);
  await writeFile(join(projectRoot, 'openapi.json'), await openApiText());
  console.log('openapi.json is written.');
  return 0;
});
