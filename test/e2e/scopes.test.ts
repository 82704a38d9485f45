import type { Response } from 'supertest';
import { OpenApi, type Operation } from '../support/fuzz/openapi.js';
import { expectProblem } from '../support/problem.js';
import { operatorToken, tokenOf } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

const SCOPES = ['grants:read', 'grants:campaigns', 'grants:payouts'] as const;

let world: World;
let api: RunningApp;
let operations: readonly Operation[];

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api');
  operations = (await OpenApi.of(api.url)).operations.filter(({ needsAdmin }) => needsAdmin);
});

afterAll(() => world.close());

/** Asks without a body for something that does not exist, so that a call that is let through changes nothing. */
async function ask({ method, path }: Operation, token?: string): Promise<Response> {
  const request = api.http[method as 'get'](path.replaceAll(/\{\w+\}/g, '1'));
  if (token !== undefined) void request.set('Authorization', `Bearer ${token}`);
  return request;
}

it('every operator’s call declares the scope that it needs, and the others are not enough', async () => {
  expect(operations.length).toBeGreaterThan(15);
  for (const operation of operations) {
    const { name, neededScope } = operation;
    expect([name, SCOPES.includes(neededScope as (typeof SCOPES)[number])]).toEqual([name, true]);
    if (name.startsWith('GET')) expect([name, neededScope]).toEqual([name, 'grants:read']);
    else expect([name, neededScope]).not.toEqual([name, 'grants:read']);

    expectProblem(await ask(operation), 401, 'invalid-token');
    const others = SCOPES.filter((scope) => scope !== neededScope).join(' ');
    for (const token of [await tokenOf(42), await operatorToken('42', others)])
      expect(expectProblem(await ask(operation, token), 403, 'forbidden')).toMatchObject({
        detail: `This needs the scope ${neededScope}.`,
      });
    for (const scope of [neededScope ?? '', `openid ${neededScope}`, 'grants:admin'])
      expect([401, 403]).not.toContain((await ask(operation, await operatorToken('42', scope))).status);
  }
});

it('calls that move money need grants:payouts, calls that make campaigns need grants:campaigns', () => {
  const needs = Object.fromEntries(operations.map(({ name, neededScope }) => [name, neededScope]));
  expect(needs).toMatchObject({
    'POST /v1/campaigns': 'grants:campaigns',
    'PATCH /v1/campaigns/{id}': 'grants:campaigns',
    'POST /v1/campaigns/{id}/eligible': 'grants:campaigns',
    'POST /v1/campaigns/{id}/eligible/freeze': 'grants:campaigns',
    'DELETE /v1/campaigns/{id}/eligible/{userId}': 'grants:campaigns',
    'PATCH /v1/payouts': 'grants:payouts',
    'PATCH /v1/campaigns/{id}/payouts': 'grants:payouts',
    'PATCH /v1/campaigns/{id}/payouts/{userId}': 'grants:payouts',
    'POST /v1/campaigns/{id}/payout-decisions': 'grants:payouts',
    'POST /v1/campaigns/{id}/payout-decisions/{decisionId}/approval': 'grants:payouts',
    'PATCH /v1/wallets/{currency}/{userId}': 'grants:payouts',
  });
});
