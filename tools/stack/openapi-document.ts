import { NestFactory } from '@nestjs/core';
import 'reflect-metadata';
import { AppModule } from '../../src/app.module.js';
import { readEnvironment } from '../../src/platform/config/read-environment.js';
import { describeApi } from '../../src/platform/http/serve-api-docs.js';
import { NoTracing } from '../../src/platform/tracing/no-tracing.js';

/**
 * What the service serves at `/openapi.json`, as text. Made in preview mode, in which Nest creates no provider: no
 * server is needed.
 */
export async function openApiText(): Promise<string> {
  const environment = readEnvironment({
    APP_ROLE: 'api',
    DATABASE_URL: 'postgres://unused',
    REDIS_URL: 'redis://unused',
    JWT_SECRET: 'unused, and long enough for HS256',
  });
  const app = await NestFactory.create(AppModule.inRoleOf(environment, new NoTracing()), {
    preview: true,
    logger: false,
  });
  return `${JSON.stringify(describeApi(app), null, 2)}\n`;
}
