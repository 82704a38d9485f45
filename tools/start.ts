import { runCommand } from './command.js';
import { runService } from './stack/servers/run-service.js';
import { ServiceProcess } from './stack/servers/service-process.js';

runCommand(() => runService((env) => Promise.resolve(new ServiceProcess(env))));
