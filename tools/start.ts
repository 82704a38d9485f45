import { readCommandLine } from './command-line/read-command-line.js';
import { runCommand } from './command.js';
import { startCommand } from './options/start-options.js';
import { runService } from './stack/servers/run-service.js';
import { ServiceProcess } from './stack/servers/service-process.js';

runCommand(startCommand, (args) => {
  readCommandLine(startCommand, args);
  return runService((env) => Promise.resolve(new ServiceProcess(env)));
});
