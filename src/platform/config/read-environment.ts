import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { complaintsAboutIssuers } from './complaints-about-issuers.js';
import { complaintsAboutLogin } from './complaints-about-login.js';
import { complaintsAboutTheLog } from './complaints-about-the-log.js';
import { ConfigurationError } from './configuration-error.js';
import { Environment } from './environment.js';
import { isPlainOverNetwork } from './is-http-url.js';

/**
 * Reads, checks and freezes the configuration. A variable that is set but empty counts as not set.
 * @throws ConfigurationError that names every missing or invalid variable, and what it must be
 */
export function readEnvironment(source: NodeJS.ProcessEnv = process.env): Readonly<Environment> {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const environment = plainToInstance(Environment, given, { excludeExtraneousValues: true });
  const complaints = validateSync(environment, { stopAtFirstError: true }).map(({ property, constraints }) =>
    given[property] === undefined ? `${property} is not set` : Object.values(constraints ?? {}).join(', '),
  );
  if (environment.PAYOUT_KEY_MARGIN_MS >= environment.PAYOUT_KEY_MEMORY_MS) {
    complaints.push('PAYOUT_KEY_MARGIN_MS must be less than PAYOUT_KEY_MEMORY_MS');
  }
  if (environment.FAILPOINTS !== undefined && environment.NODE_ENV === 'production') {
    complaints.push('FAILPOINTS must not be set in production');
  }
  const { REDIS_TLS_CA_FILE, REDIS_TLS_CERT_FILE, REDIS_TLS_KEY_FILE } = environment;
  if ((REDIS_TLS_CERT_FILE === undefined) !== (REDIS_TLS_KEY_FILE === undefined)) {
    complaints.push('REDIS_TLS_CERT_FILE, REDIS_TLS_KEY_FILE: both must be set, or neither');
  }
  const redisUrls = [environment.REDIS_URL, environment.QUEUE_REDIS_URL ?? environment.REDIS_URL];
  const namesTlsFiles = (REDIS_TLS_CA_FILE ?? REDIS_TLS_CERT_FILE) !== undefined;
  if (namesTlsFiles && !redisUrls.every((url) => /^rediss/.test(url))) {
    complaints.push('REDIS_URL, QUEUE_REDIS_URL must be rediss:// URLs if a REDIS_TLS_… file is set');
  }
  complaints.push(
    ...complaintsAboutIssuers(environment),
    ...complaintsAboutTrust(environment),
    ...complaintsAboutLogin(environment),
    ...complaintsAboutTheLog(environment),
  );
  if (complaints.length > 0) throw new ConfigurationError(complaints.join('; '));
  return Object.freeze(environment);
}

/** Settings that would let strangers in although nothing looks wrong. */
function complaintsAboutTrust(environment: Environment): string[] {
  const { NODE_ENV, JWT_JWKS_URL, ALLOW_PLAIN_HTTP } = environment;
  const complaints: string[] = [];
  // Without them, the provider's tokens for any other application are valid here, ID tokens included.
  for (const name of ['JWT_ISSUER', 'JWT_AUDIENCE'] as const) {
    if (NODE_ENV === 'production' && JWT_JWKS_URL !== undefined && environment[name] === undefined)
      complaints.push(`${name} must be set with JWT_JWKS_URL in production`);
  }
  for (const name of [
    'JWT_JWKS_URL',
    'PAYOUT_HTTP_URL',
    'LOGIN_OIDC_ISSUER',
    'CONSOLE_OIDC_ISSUER',
  ] as const) {
    if (!ALLOW_PLAIN_HTTP && isPlainOverNetwork(environment[name]))
      complaints.push(`${name} must be https://, unless ALLOW_PLAIN_HTTP is true`);
  }
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS } = environment;
  const sendsSecret = OTEL_EXPORTER_OTLP_HEADERS !== undefined;
  if (!ALLOW_PLAIN_HTTP && sendsSecret && isPlainOverNetwork(OTEL_EXPORTER_OTLP_ENDPOINT))
    complaints.push(
      'OTEL_EXPORTER_OTLP_ENDPOINT must be https:// with OTEL_EXPORTER_OTLP_HEADERS, unless ALLOW_PLAIN_HTTP is true',
    );
  return complaints;
}
