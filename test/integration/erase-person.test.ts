import { erasePerson } from '../../src/platform/login/erase-person.js';
import { hashedId } from '../../src/platform/identity/made-user-ids.js';
import { World } from '../support/world.js';

const ISSUER = 'https://id.example';

let world: World;

beforeAll(async () => {
  world = await World.create();
  for (const subject of ['ann', 'ben'])
    await world.rows(`INSERT INTO login_users (issuer, subject, user_id) VALUES ($1, $2, $3)`, [
      ...[ISSUER, subject, hashedId(ISSUER, subject, 0)],
    ]);
});

afterAll(() => world.close());

const erase = (subject: string): Promise<string | null> =>
  erasePerson({
    databaseUrl: world.variables.DATABASE_URL ?? '',
    ...{ issuer: ISSUER, subject, reason: 'request 17' },
  });

const known = async (): Promise<string[]> =>
  (await world.rows<{ subject: string }>(`SELECT subject FROM login_users ORDER BY 1`)).map(
    ({ subject }) => subject,
  );

const TRAIL = `SELECT act, actor, detail, reason FROM admin_acts WHERE act = 'person-erased'`;

it('erases this person alone, and keeps in the trail that it was done, without the account', async () => {
  expect(await erase('nobody')).toBeNull();
  expect(await world.rows(TRAIL)).toEqual([]);
  const userId = hashedId(ISSUER, 'ann', 0);
  expect(await erase('ann')).toBe(userId);
  expect(await known()).toEqual(['ben']);
  expect(await world.rows(TRAIL)).toEqual([
    { act: 'person-erased', actor: 'erase-person', detail: { userId }, reason: 'request 17' },
  ]);
  expect(await erase('ann')).toBeNull();
});

it('is the only way: a DELETE must name the person, and takes nobody else', async () => {
  const ben = hashedId(ISSUER, 'ben', 0);
  const refused = { code: '23000' };
  await expect(world.rows(`DELETE FROM login_users`)).rejects.toMatchObject(refused);
  await world.rows(`INSERT INTO login_users (issuer, subject, user_id) VALUES ($1, 'cat', $2)`, [
    ...[ISSUER, hashedId(ISSUER, 'cat', 0)],
  ]);
  await expect(
    world.rows(`SET seonchak.erased_user = '${ben}'; DELETE FROM login_users`),
  ).rejects.toMatchObject(refused);
  await expect(world.rows(`UPDATE login_users SET subject = 'x'`)).rejects.toMatchObject(refused);
  expect(await known()).toEqual(['ben', 'cat']);
});
