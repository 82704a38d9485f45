import { Expose, plainToInstance } from 'class-transformer';
import { ArrayNotEmpty, ArrayUnique, IsIn, Matches, validateSync } from 'class-validator';
import { IsHttpUrl } from './is-http-url.js';
import { OPERATOR_SCOPES, type OperatorScope } from './scopes-by-claim.js';

/** Algorithms whose keys can be public: a shared secret is never looked up in a key set (RFC 8725, 3.1). */
export const TOKEN_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

/** An algorithm by which a key of a key set signs tokens. */
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** Each has a key set that is kept fresh. */
const MOST_ISSUERS = 100;

/** Without blanks and parentheses, so that `subject (issuer)` names one operator in the trail. */
const ISSUER = /^[\x21-\x27\x2a-\x7e]{1,500}$/;

/** The id of a campaign, or how ids begin, with an asterisk. */
const CAMPAIGN = /^([a-z0-9]|[a-z0-9][a-z0-9-]{0,61}[a-z0-9]|([a-z0-9][a-z0-9-]{0,61})?\*)$/;

/** A partner that signs tokens for its own people, as JWT_ISSUERS lists it. What is not listed, it may not. */
export class TokenIssuer {
  /** `iss` of its tokens. */
  @Expose()
  @Matches(ISSUER, { message: '$property must be the `iss` of its tokens, without blanks and parentheses' })
  readonly issuer: string;

  /** `aud` of its tokens: its keys sign for other applications too. */
  @Expose()
  @Matches(/\S/, { message: '$property must be the `aud` of its tokens' })
  readonly audience: string;

  /** The URL of its keys (RFC 7517). */
  @Expose()
  @IsHttpUrl({ query: true })
  readonly keySet: string;

  @Expose()
  @ArrayNotEmpty({ message: '$property must not be empty' })
  @IsIn(TOKEN_ALGORITHMS, {
    each: true,
    message: `$property must be a list of ${TOKEN_ALGORITHMS.join(', ')}`,
  })
  readonly algorithms: readonly TokenAlgorithm[] = TOKEN_ALGORITHMS;

  /** Where its people may claim, and its operators act: ids of campaigns, or beginnings of ids that end with `*`. */
  @Expose()
  @ArrayUnique({ message: '$property must be a list in which nothing repeats' })
  @Matches(CAMPAIGN, { each: true, message: '$property must be a list of ids, or beginnings of ids and *' })
  readonly campaigns: readonly string[] = [];

  /** What its operators may be allowed to do. */
  @Expose()
  @IsIn(OPERATOR_SCOPES, { each: true, message: `$property must be a list of ${OPERATOR_SCOPES.join(', ')}` })
  readonly scopes: readonly OperatorScope[] = [];
}

/**
 * What JWT_ISSUERS says: a JSON list of objects, one for each issuer.
 * @throws Error that says what it must be, and quotes no value
 */
export function tokenIssuers(setting: string): readonly TokenIssuer[] {
  const entries = readJson(setting);
  if (
    !Array.isArray(entries) ||
    entries.length === 0 ||
    entries.length > MOST_ISSUERS ||
    !entries.every(isObject)
  )
    throw new Error(`must be a JSON list of objects, one for each issuer, ${MOST_ISSUERS} at most`);
  const issuers = entries.map(readIssuer);
  if (new Set(issuers.map(({ issuer }) => issuer)).size < issuers.length)
    throw new Error('must name each issuer once');
  return issuers;
}

/** Whether people of the issuer may claim in the campaign, and its operators act there. */
export function isAdmittedTo({ campaigns }: Pick<TokenIssuer, 'campaigns'>, campaignId: string): boolean {
  return campaigns.some((name) =>
    name.endsWith('*') ? campaignId.startsWith(name.slice(0, -1)) : campaignId === name,
  );
}

/** Whether the issuer is held to no campaigns. */
export function isAdmittedEverywhere({ campaigns }: Pick<TokenIssuer, 'campaigns'>): boolean {
  return campaigns.includes('*');
}

function readIssuer(entry: object, at: number): TokenIssuer {
  const issuer = plainToInstance(TokenIssuer, entry, { exposeDefaultValues: true });
  const [error] = validateSync(issuer, {
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
  });
  if (error) throw new Error(`[${at}]: ${Object.values(error.constraints ?? {}).join(', ')}`);
  if (issuer.scopes.length > 0 && issuer.campaigns.length === 0)
    throw new Error(`[${at}]: scopes count in the issuer's campaigns, and it lists none`);
  return Object.freeze(issuer);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // the parser's own message quotes the text
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
