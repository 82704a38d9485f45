import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { Environment } from './platform/config/environment.js';
import { serveDocs } from './platform/http/serve-api-docs.js';
import { BoundedHttpAdapter } from './platform/http/http-adapter.js';
import { configureHttp } from './platform/http/configure-http.js';
import { ServiceLogger } from './platform/logging/service-logger.js';
import { openTracing } from './platform/tracing/open-tracing.js';

/** The service in the role that `environment` names, ready to listen. */
export async function createApp(environment: Readonly<Environment>): Promise<NestExpressApplication> {
  const tracing = await openTracing(environment);
  const logger = new ServiceLogger(environment, tracing.isOn ? () => tracing.ids : undefined);
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.inRoleOf(environment, tracing),
    new BoundedHttpAdapter(environment),
    // A webhook's signature covers the raw body.
    { logger, bodyParser: false, rawBody: true, abortOnError: false },
  );
  configureHttp(app, environment);
  if (environment.APP_ROLE !== 'worker' && environment.DOCS) serveDocs(app);
  return app;
}
