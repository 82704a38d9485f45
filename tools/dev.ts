import { runCommand } from './command.js';
import { runService } from './stack/servers/run-service.js';
import { WatchedService } from './stack/servers/watched-service.js';

runCommand(() => runService((env) => WatchedService.start(env)));
