import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** Serves OpenAPI at `/openapi.json`, and as a page at `/docs`. */
export function serveDocs(app: INestApplication): void {
  const description = new DocumentBuilder()
    .setTitle('Seonchak')
    .setDescription(
      'A fixed amount to a fixed number of people, first come, first served. Errors are application/problem+json ' +
        '(RFC 9457) with a stable `code`. User ids are strings; amounts are integers in minor units.',
    )
    .setVersion('1')
    .addBearerAuth()
    .build();
  const document = SwaggerModule.createDocument(app, description);
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', raw: ['json'] });
}
