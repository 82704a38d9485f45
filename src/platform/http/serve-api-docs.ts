import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { PROBLEM_SCHEMA, problemExamples } from '../problems/api-problems.js';

const DESCRIPTION = `A fixed amount to a fixed number of people, first come, first served.

**Who asks.** Send a token of your issuer: \`Authorization: Bearer <JWT>\`. The user is the one whom the token names,
and nobody else. Calls for operators need a scope, named by \`x-needs-scope\`; \`grants:admin\` includes all. A token
that is missing, wrong or expired is answered 401, one without the scope 403; WWW-Authenticate says which. Pages of the
same origin may use the cookie of a login instead (\`GET /v1/session\`, \`GET /v1/operator-session\`); what changes
something is then taken from these pages only, or answered 403 \`cross-site\`. A token has precedence.

**A claim.** \`POST /v1/campaigns/{id}/grants\`, without a body, is answered 202 the first time and 200 afterwards,
always with the same place. After any failure, a lost connection included, ask again: it is safe. Then read
\`GET /v1/campaigns/{id}/grants/me\` until \`final\` is true. Wait between two reads for the seconds in Retry-After, and send
the ETag back as If-None-Match: an answer that has not changed is 304, without a body. \`sold-out\` is not the last word
while its \`final\` is false: a place may become free, and asking again can help then.

**Problems.** Errors are \`application/problem+json\` (RFC 9457). Decide by \`code\`, which is stable; \`detail\` is for
people. Each call lists its codes. Besides them, a path that does not exist is answered 404 \`not-found\`, another method
405 \`method-not-allowed\` with Allow, and a fault of the service 500 \`internal\`. After a 429 or 503, wait for the
seconds in Retry-After and ask again.

**Values.** User ids are strings: decimals in 1..2^63-1, more than a JavaScript number holds. Amounts are integers in
minor units of their currency. Times are RFC 3339, in UTC in answers. Unknown fields of a request are refused; clients
must ignore fields, codes and enum values of an answer that they do not know.

**Pages.** Lists answer \`items\` and \`next\`. Pass \`next\` as the parameter that its description names until it is
null.

**Requests.** Each answer has an X-Request-Id (yours, if you sent a well-formed one), which the service's log names too.`;

const TAGS = {
  grants: 'For users: ask for a slot, read the claim, leave the line.',
  campaigns: 'For anybody: what a campaign gives, and how much is left.',
  sessions: 'For pages: who is signed in, where to sign in, signing out.',
  admin: 'For operators: campaigns, reports, payouts, wallets, and the trail of what was done.',
  'payout provider': 'For the payout provider: webhooks.',
};

const LOGIN =
  'A claimant’s login (docs/login.md). Without TLS, on one’s own machine, its name has no `__Host-`.';
const CONSOLE_LOGIN = 'An operator’s login (docs/login.md). Without TLS its name has no `__Host-`.';

const LOCAL = 'http://127.0.0.1:3000';

/** The OpenAPI document of the app's controllers. Nothing is called on them: an app in preview mode will do. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Seonchak')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'The host that serves this document')
    .addServer('{origin}', 'Any installation', {
      origin: { default: LOCAL, description: 'scheme, host and port; the default is that of `npm start`' },
    })
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'A token of the issuer that the installation trusts (docs/tokens.md).',
    })
    .addCookieAuth('__Host-seonchak-session', { type: 'apiKey', description: LOGIN }, 'session')
    .addCookieAuth('__Host-seonchak-console', { type: 'apiKey', description: CONSOLE_LOGIN }, 'console');
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), { operationIdFactory: operationId });
  return {
    ...document,
    paths: withPublicCalls(document.paths),
    components: {
      ...document.components,
      schemas: { ...document.components?.schemas, Problem: PROBLEM_SCHEMA },
      examples: problemExamples(document.paths),
    },
  };
}

/** `GrantsController` and `claim` make `grants_claim`: what a generated client calls it. */
function operationId(controller: string, method: string): string {
  const subject = controller.replace(/(Admin)?Controller$/, '');
  return `${subject.charAt(0).toLowerCase()}${subject.slice(1)}_${method}`;
}

/**
 * Says of each call that needs no token that it needs none: without a word, a reader can't tell it from an omission.
 */
function withPublicCalls(paths: OpenAPIObject['paths']): OpenAPIObject['paths'] {
  return Object.fromEntries(
    Object.entries(paths).map(([path, { get, post, patch, delete: remove, ...others }]) => {
      const calls = Object.entries({ get, post, patch, delete: remove }).flatMap(([method, call]) =>
        call ? [[method, { security: [], ...call }] as const] : [],
      );
      return [path, { ...others, ...Object.fromEntries(calls) }];
    }),
  );
}

/** OpenAPI at `/openapi.json`, readable at `/docs`. */
export function serveDocs(app: INestApplication): void {
  SwaggerModule.setup('docs', app, describeApi(app), { jsonDocumentUrl: 'openapi.json', raw: ['json'] });
}
