import 'reflect-metadata';
import { EventLog } from './platform/logging/event-log.js';
import { ConfigurationError } from './platform/config/configuration-error.js';
import { readEnvironment } from './platform/config/read-environment.js';
import { createApp } from './create-app.js';
import type { BoundedHttpAdapter } from './platform/http/http-adapter.js';
import { boundHeap } from './platform/lifecycle/bounded-heap.js';
import { shutDownInOrder } from './platform/lifecycle/shutdown.js';

async function main(): Promise<void> {
  boundHeap();
  const environment = readEnvironment();
  const app = await createApp(environment);
  await app.listen(environment.PORT, environment.HOST);
  await (app.getHttpAdapter() as unknown as BoundedHttpAdapter).listenForOperators();
  shutDownInOrder(app, environment);
  const log = new EventLog('Main');
  log.write('listening', { url: await app.getUrl() });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigurationError ? error.message : String(error)}\n`);
  process.exit(1);
});
