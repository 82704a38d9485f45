import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { PROBLEM_SCHEMA } from '../problems/api-problems.js';

/** The OpenAPI document of the app's controllers. Nothing is called on them: an app in preview mode will do. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const description = new DocumentBuilder()
    .setTitle('Seonchak')
    .setDescription(
      'A fixed amount to a fixed number of people, first come, first served. Errors are application/problem+json ' +
        '(RFC 9457) with a stable `code`. User ids are strings; amounts are integers in minor units.',
    )
    .setVersion('1')
    .addServer('/', 'The host that serves this document')
    .addBearerAuth()
    .build();
  const document = SwaggerModule.createDocument(app, description);
  return {
    ...document,
    components: {
      ...document.components,
      schemas: { ...document.components?.schemas, Problem: PROBLEM_SCHEMA },
    },
  };
}

/** OpenAPI at `/openapi.json`, readable at `/docs`. */
export function serveDocs(app: INestApplication): void {
  SwaggerModule.setup('docs', app, describeApi(app), { jsonDocumentUrl: 'openapi.json', raw: ['json'] });
}
