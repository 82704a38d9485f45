import { readCommandLine } from './command-line/read-command-line.js';
import { runCommand } from './command.js';
import { devCommand } from './options/start-options.js';
import { runService } from './stack/servers/run-service.js';
import { WatchedService } from './stack/servers/watched-service.js';

runCommand(devCommand, (args) => {
  readCommandLine(devCommand, args);
  return runService((env) => WatchedService.start(env));
});
