import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientError,
  ClientSecretBasic,
  type Configuration,
  customFetch,
  type CustomFetch,
  discovery,
  fetchUserInfo,
  ResponseBodyError,
} from 'openid-client';
import { fetch } from 'undici';
import { outgoingAgent } from '../http/outgoing-agent.js';
import { EventLog } from '../logging/event-log.js';
import type { Language } from './login-language.js';
import {
  type LoginAttempt,
  LoginFailure,
  type LoginProvider,
  type LoginStep,
  type SignedIn,
} from './login-provider.js';

/** The time limit of one call to the provider, in seconds: a login takes two, and connections are cut after ten. */
const TIMEOUT_SECONDS = 4;

const ANSWER_LIMIT_BYTES = 1_048_576;

/** At the same time. In a rush of logins others wait for one of these, up to the time limit of a call. */
const MOST_CONNECTIONS = 32;

/** The age at which the provider's endpoints are asked for again, and the pause after that has failed, in ms. */
const REFRESH_MS = 600_000;
const PAUSE_MS = 30_000;

/**
 * OpenID allows 255 characters of ASCII; what a row can't hold would fail the statement that people who sign in at the
 * same time share.
 */
const SUBJECT = /^[^\p{Cc}\p{Cs}]{1,255}$/u;

/** Longer names are cut: a cookie has to hold them. */
const NAME_LENGTH = 100;

/** What the browser, or the provider, brought is not the answer to this attempt. */
const NOT_THE_ANSWER = [
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
];

/** This installation as the provider has registered it. */
export interface OpenIdClient {
  readonly issuer: string;
  readonly id: string;
  readonly secret: string;
  /** The OpenID scopes to ask for, separated by spaces. */
  readonly scope: string;
}

/**
 * Login at an OpenID provider by authorization code, PKCE and a client secret (OpenID Connect Core, 3.1; RFC 9700).
 * The provider's endpoints are asked for at the first login; while that fails, each login asks again. Once known, they
 * are asked for again in the background, as providers move.
 */
export class OpenIdProvider implements LoginProvider {
  private readonly log = new EventLog(OpenIdProvider.name);
  private readonly agent = outgoingAgent({ mostBytes: ANSWER_LIMIT_BYTES, connections: MOST_CONNECTIONS });
  /** In place of the system's, which would look names up by threads of its own. Their types are declared apart. */
  private readonly fetch: CustomFetch = (url, options) =>
    fetch(url, { ...options, dispatcher: this.agent }) as Promise<unknown> as Promise<Response>;
  private known: Configuration | undefined;
  /** By `performance.now()`. */
  private refreshAt = 0;
  private discovering: Promise<Configuration> | undefined;

  constructor(private readonly client: OpenIdClient) {}

  async start(
    { state, nonce, verifier }: LoginAttempt,
    callback: URL,
    language: Language,
  ): Promise<LoginStep> {
    const url = buildAuthorizationUrl(await this.configuration(), {
      response_type: 'code',
      redirect_uri: callback.href,
      scope: this.client.scope,
      ui_locales: language,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return { redirectTo: url.href };
  }

  async finish({ state, nonce, verifier }: LoginAttempt, arrived: URL): Promise<SignedIn> {
    const configuration = await this.configuration();
    try {
      const tokens = await authorizationCodeGrant(configuration, arrived, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const idToken = tokens.claims();
      if (!idToken) throw new LoginFailure(400);
      if (!SUBJECT.test(idToken.sub)) throw this.refused(403, 'subject');
      // Many providers say only there what somebody is called, and to which groups they belong.
      const userInfo = configuration.serverMetadata().userinfo_endpoint
        ? await fetchUserInfo(configuration, tokens.access_token, idToken.sub)
        : {};
      const claims = { ...userInfo, ...idToken };
      return { issuer: idToken.iss, subject: idToken.sub, name: nameIn(claims), claims };
    } catch (error) {
      throw this.failureOf(error);
    }
  }

  private async configuration(): Promise<Configuration> {
    if (!this.known) return this.renewed();
    if (performance.now() >= this.refreshAt) void this.renewed().catch(() => undefined); // it is in the log
    return this.known;
  }

  /** All who ask while it is under way share one discovery. */
  private renewed(): Promise<Configuration> {
    this.discovering ??= this.discover()
      .then(
        (found) => {
          this.refreshAt = performance.now() + REFRESH_MS;
          return (this.known = found);
        },
        (error: unknown) => {
          this.refreshAt = performance.now() + PAUSE_MS;
          this.log.write('login-provider-unreachable', { cause: String(error) });
          throw new LoginFailure(503, error);
        },
      )
      .finally(() => (this.discovering = undefined));
    return this.discovering;
  }

  private discover(): Promise<Configuration> {
    const { issuer, id, secret } = this.client;
    return discovery(new URL(issuer), id, undefined, ClientSecretBasic(secret), {
      timeout: TIMEOUT_SECONDS,
      [customFetch]: this.fetch,
      // The configuration has refused http:// already where it must not be.
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so that nobody uses it by accident
      execute: issuer.startsWith('http:') ? [allowInsecureRequests] : [],
    });
  }

  private failureOf(error: unknown): LoginFailure {
    if (error instanceof LoginFailure) return error;
    if (error instanceof AuthorizationResponseError) return new LoginFailure(403, error);
    if (error instanceof ResponseBodyError && error.error === 'invalid_grant')
      return new LoginFailure(400, error);
    if (error instanceof ClientError && NOT_THE_ANSWER.includes(error.code ?? ''))
      return this.refused(400, error.code, error);
    const refusal = error instanceof ResponseBodyError ? error.error : undefined;
    this.log.write('login-provider-unreachable', { refusal, cause: String(error) });
    return new LoginFailure(503, error);
  }

  private refused(status: 400 | 403, code?: string, cause?: unknown): LoginFailure {
    this.log.write('login-refused', { code });
    return new LoginFailure(status, cause);
  }
}

function nameIn({ name, preferred_username: shortName }: Readonly<Record<string, unknown>>): string | null {
  const known = [name, shortName].find((text) => typeof text === 'string' && text !== '');
  return typeof known === 'string' ? known.slice(0, NAME_LENGTH) : null;
}
