/** How a cookie of ours is kept by the browser. Scripts never read one. */
export interface CookieRules {
  /** Lax: also sent when a link on another site leads here. Strict: never sent with a request from elsewhere. */
  readonly sameSite: 'Lax' | 'Strict';
  /** Whether it is sent over TLS only. */
  readonly secure: boolean;
  /** In seconds; undefined: until the browser is closed. 0 removes it. */
  readonly maxAge?: number;
}

/** The value of a Set-Cookie header. @param value base64url and dots, which need no escape */
export function setCookie(name: string, value: string, { sameSite, secure, maxAge }: CookieRules): string {
  const age = maxAge === undefined ? '' : `; Max-Age=${maxAge}`;
  return `${name}=${value}; Path=/; HttpOnly; SameSite=${sameSite}${secure ? '; Secure' : ''}${age}`;
}

/** @returns the value of the first cookie of this name in a Cookie header */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  for (const pair of header.split(';')) {
    const cookie = pair.trimStart();
    if (cookie.startsWith(name) && cookie[name.length] === '=') return cookie.slice(name.length + 1).trim();
  }
  return undefined;
}
