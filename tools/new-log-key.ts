import { makeLogKeys } from '../src/transparency/log/new-keys.js';
import { readCommandLine } from './command-line/read-command-line.js';
import { runCommand } from './command.js';
import { newLogKeyCommand } from './options/new-log-key-options.js';

runCommand(newLogKeyCommand, (args) => {
  const [origin = ''] = readCommandLine(newLogKeyCommand, args).positionals;
  for (const [name, key] of Object.entries(makeLogKeys(origin))) console.log(`${name}=${key}`);
  return Promise.resolve(0);
});
