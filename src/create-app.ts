import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { Environment } from './platform/config/environment.js';
import { serveDocs } from './platform/http/serve-api-docs.js';
import { BoundedHttpAdapter } from './platform/http/http-adapter.js';
import { configureHttp } from './platform/http/configure-http.js';
import { ServiceLogger } from './platform/logging/service-logger.js';

/** The service in the role that `environment` names, ready to listen. */
export async function createApp(environment: Readonly<Environment>): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.inRoleOf(environment),
    new BoundedHttpAdapter(environment),
    // A webhook's signature covers the raw body.
    { logger: new ServiceLogger(environment), bodyParser: false, rawBody: true, abortOnError: false },
  );
  configureHttp(app, environment);
  if (environment.APP_ROLE !== 'worker' && environment.DOCS) serveDocs(app);
  return app;
}
