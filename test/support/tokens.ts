import { SignJWT } from 'jose';
import { JWT_SECRET } from './world.js';

const KEY = new TextEncoder().encode(JWT_SECRET);

/** A token as the service's users have it. */
export function tokenOf(userId: string | number): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(String(userId))
    .setExpirationTime('1h')
    .sign(KEY);
}

export function adminToken(): Promise<string> {
  return operatorToken('1', 'grants:admin');
}

/** A token with this subject and these scopes. */
export function operatorToken(subject: string, scope: string): Promise<string> {
  return new SignJWT({ scope })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setExpirationTime('1h')
    .sign(KEY);
}
