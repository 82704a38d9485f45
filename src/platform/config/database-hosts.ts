const FORM =
  /^(?<scheme>postgres(?:ql)?:\/\/)(?<login>[^/?#]*@)?(?<hosts>[^@/?#]*)(?<database>\/[^?#]*)?(?:\?(?<parameters>[^#]*))?$/s;

/** libpq's names for acceptable servers. The service writes, so all of them mean the same here (docs/adr/0019). */
const TARGETS = ['any', 'read-write', 'primary'];

/**
 * The servers in DATABASE_URL, in order, as one URL each: the driver does not support lists of hosts.
 * @throws Error that says what is wrong with the URL without quoting any part of it: it contains a password
 */
export function databaseHosts(url: string): string[] {
  const { scheme, login, hosts, database, parameters } = FORM.exec(url)?.groups ?? {};
  if (scheme === undefined) throw new Error('must be a postgres:// URL');
  const others = new URLSearchParams(parameters);
  const target = others.get('target_session_attrs');
  if (target !== null && !TARGETS.includes(target)) {
    throw new Error(`takes one of ${TARGETS.join(', ')} for target_session_attrs`);
  }
  const rest = `${database ?? ''}${parameters === undefined ? '' : `?${parameters}`}`;
  return (hosts ?? '').split(',').map((host, _, { length }) => {
    if (length > 1 && host === '') throw new Error('must name hosts as host:port, separated by commas');
    const one = `${scheme}${login ?? ''}${host}${rest}`;
    // No host means a socket. The driver accepts a login even then, but the result is not a valid URL.
    if (!URL.canParse(host === '' ? one.replace('@/', '@socket/') : one)) {
      throw new Error(
        'must name hosts as host:port, separated by commas, with special characters percent-encoded',
      );
    }
    return one;
  });
}
