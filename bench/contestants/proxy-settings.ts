/** More than the bench opens, and few enough for the file descriptors that a usual machine allows a process. */
const mostConnections = 5_000;

/**
 * The configuration of `docker/haproxy.cfg` for processes of this machine: without Docker's name server, on a port
 * of 127.0.0.1, and for fewer connections.
 * @param released the text of that file
 * @param servers host and port of each api
 * @throws Error if that file has none of the lines that have to be replaced
 */
export function proxySettings(released: string, port: number, servers: readonly string[]): string {
  const changes: readonly (readonly [RegExp, string])[] = [
    [/^resolvers docker\n(?: .*\n)+/m, ''],
    [/^ {4}maxconn 20000$/m, `    maxconn ${mostConnections}`],
    [/^ {4}bind :8080$/m, `    bind 127.0.0.1:${port}`],
    [/ resolvers docker resolve-prefer ipv4 init-addr none$/m, ''],
    [
      /^ {4}server-template .*$/m,
      servers.map((server, index) => `    server api-${index + 1} ${server}`).join('\n'),
    ],
  ];
  return changes.reduce((settings, [line, replacement]) => {
    if (!line.test(settings)) throw new Error(`docker/haproxy.cfg has no line like ${line.source}.`);
    return settings.replace(line, () => replacement);
  }, released);
}
