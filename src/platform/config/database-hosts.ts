const FORM =
  /^(?<scheme>postgres(?:ql)?:\/\/)(?<login>[^/?#]*@)?(?<hosts>[^@/?#]*)(?<database>\/[^?#]*)?(?:\?(?<parameters>[^#]*))?$/s;

/** libpq's names for servers that will do. The service writes, so each of them comes to the same (docs/adr/0019). */
const TARGETS = ['any', 'read-write', 'primary'];

/**
 * The servers that DATABASE_URL names, in its order, as a URL each: the driver knows no lists of hosts.
 * @throws Error that says what is wrong with it, without any part of it: it holds a password
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
    if (length > 1 && host === '') throw new Error('must name hosts as host:port, by commas');
    const one = `${scheme}${login ?? ''}${host}${rest}`;
    // Without a host there is a socket: the driver takes a login even then, which is no URL.
    if (!URL.canParse(host === '' ? one.replace('@/', '@socket/') : one)) {
      throw new Error('must name hosts as host:port, by commas, and have special characters percent-encoded');
    }
    return one;
  });
}
