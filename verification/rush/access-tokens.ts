import { createSecretKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { secretsIn } from '../../src/platform/config/secret-list.js';
import { fromEnvironment } from '../../tools/stack/dot-env.js';

/** Longer than any rush takes. */
const expires = '6h';

/** Signs tokens (HS256) that the service accepts: with JWT_ISSUER, JWT_AUDIENCE and JWT_USER_CLAIM if they are set. */
export class AccessTokens {
  private readonly key: KeyObject;
  private readonly issuer = fromEnvironment('JWT_ISSUER');
  private readonly audience = fromEnvironment('JWT_AUDIENCE');
  private readonly userClaim = fromEnvironment('JWT_USER_CLAIM') ?? 'sub';

  constructor(jwtSecret: string) {
    this.key = createSecretKey(Buffer.from(secretsIn(jwtSecret)[0]));
  }

  ofUser(userId: string): Promise<string> {
    return this.sign(userId, {});
  }

  ofAdministrator(): Promise<string> {
    return this.sign('1', { scope: 'grants:admin' });
  }

  private sign(subject: string, claims: Readonly<Record<string, string>>): Promise<string> {
    const token = new SignJWT({ ...claims, [this.userClaim]: subject })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime(expires);
    if (this.issuer) token.setIssuer(this.issuer);
    if (this.audience) token.setAudience(this.audience);
    return token.sign(this.key);
  }
}
