/** What an operator may be given by a login; `grants:admin` includes the others. */
export const OPERATOR_SCOPES = ['grants:read', 'grants:campaigns', 'grants:payouts', 'grants:admin'] as const;

/** A scope of an operator. */
export type OperatorScope = (typeof OPERATOR_SCOPES)[number];

/**
 * What CONSOLE_OIDC_SCOPE_MAP says: `ops=grants:read+grants:campaigns,treasury=grants:payouts`.
 * @returns value of the provider's claim -> the scopes that it stands for
 * @throws Error that says what it must be
 */
export function scopesByClaim(setting: string): ReadonlyMap<string, readonly OperatorScope[]> {
  return new Map(
    setting.split(',').map((entry) => {
      // The name of a group may contain `=`, as those of LDAP do; a scope does not.
      const end = entry.lastIndexOf('=');
      const value = entry.slice(0, Math.max(end, 0)).trim();
      const scopes = entry
        .slice(end + 1)
        .split('+')
        .map((scope) => scope.trim());
      if (value === '' || !scopes.every(isOperatorScope))
        throw new Error(
          `must be value=scope+scope entries, separated by commas, of the scopes ${OPERATOR_SCOPES.join(', ')}`,
        );
      return [value, scopes] as const;
    }),
  );
}

/** Whether a text is the name of an operator's scope. */
export function isOperatorScope(text: string): text is OperatorScope {
  return (OPERATOR_SCOPES as readonly string[]).includes(text);
}
