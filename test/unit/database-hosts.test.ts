import { databaseHosts } from '../../src/platform/config/database-hosts.js';

const complaintOf = (url: string): string => {
  try {
    databaseHosts(url);
  } catch (error) {
    return String(error);
  }
  return 'It was accepted.';
};

describe('DATABASE_URL', () => {
  it('names one or several servers, in order, each with the login, database and parameters of the list', () => {
    expect(databaseHosts('postgresql://u:p@h/db')).toEqual(['postgresql://u:p@h/db']);
    expect(databaseHosts('postgres://u:p%40@h1:5432,h2:5433,[::1]:5434/db?sslmode=verify-full')).toEqual([
      'postgres://u:p%40@h1:5432/db?sslmode=verify-full',
      'postgres://u:p%40@h2:5433/db?sslmode=verify-full',
      'postgres://u:p%40@[::1]:5434/db?sslmode=verify-full',
    ]);
  });

  it.each(['any', 'read-write', 'primary'])('accepts %s for target_session_attrs', (target) => {
    expect(databaseHosts(`postgres://h1,h2/db?target_session_attrs=${target}`)).toHaveLength(2);
  });

  it('accepts a socket, as the driver does', () => {
    for (const url of ['postgres:///db?host=/var/run/postgresql', 'postgres://u:p@/db?host=/tmp'])
      expect(databaseHosts(url)).toEqual([url]);
  });

  it.each([
    'mysql://root:hidden@h/db',
    'postgres://u:hidden@h1,/db',
    'postgres://u:hidden@h1:99999,h2/db',
    'postgres://u:hidden@h1:port/db',
    'postgres://u:hidden@h1,h2/db?target_session_attrs=standby',
    'hidden',
  ])('refuses %s, and quotes nothing of it', (url) => {
    expect(complaintOf(url)).toMatch(/must|takes/);
    expect(complaintOf(url)).not.toMatch(/hidden|h1/);
  });
});
