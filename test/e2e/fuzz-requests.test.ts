import fc from 'fast-check';
import { Client } from '../support/client.js';
import { digestAtRest, digestOf } from '../support/digest.js';
import { eventually } from '../support/eventually.js';
import { forge, inSeconds } from '../support/forged-tokens.js';
import { AnswerRules } from '../support/fuzz/answer-rules.js';
import { type ApiRequest, questionOf } from '../support/fuzz/api-request.js';
import { type Answered, Asking } from '../support/fuzz/asking.js';
import { Findings } from '../support/fuzz/findings.js';
import { FUZZ_SCALE, FUZZ_SEED } from '../support/fuzz/fuzz-seed.js';
import { OpenApi, type Operation } from '../support/fuzz/openapi.js';
import { mutations } from '../support/fuzz/request-mutations.js';
import { type Known, validRequests } from '../support/fuzz/valid-requests.js';
import type { Question } from '../support/http.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { publishLog } from '../support/published-log.js';
import { webhookHeaders } from '../support/webhook-headers.js';
import { JWT_SECRET, type RunningApp, World } from '../support/world.js';

const REQUESTS = 8_000 * FUZZ_SCALE;
/** Between two digests, each of which waits until nothing moves. */
const BATCH = 500;
const USERS = Array.from({ length: 40 }, (_, i) => String(i + 1));
/** A campaign whose payouts wait for an operator. */
const IN_DOUBT = 'in-doubt';
/** Campaigns with HELD payouts, for decisions about many at once; and decisions that another operator has proposed. */
const HELD = Array.from({ length: 60 }, (_, i) => `held-${i}`);
const PROPOSED = 'proposed';
const PROPOSALS = Array.from({ length: 40 }, (_, i) => String(i + 1));
/** What a schema allows seldom fits together: times, currencies and providers; people, errors and payouts that wait. */
const MOSTLY_REFUSED = ['POST /v1/campaigns', 'POST /v1/campaigns/{id}/payout-decisions'];
const WEBHOOK_SECRET = 'what the fuzzing provider signs with';
let events = 0;
/** Campaigns that requests may change. */
const CHANGING = Array.from({ length: 30 }, (_, i) => `changing-${i}`);
/** Campaigns that never opened, which may be removed. */
const MISTAKEN = Array.from({ length: 40 }, (_, i) => `mistaken-${i}`);
/** A campaign in whose line all users but one stand. */
const LEFT = 'left';
/** A campaign in which every user has a grant for which nothing was ever sent. */
const REVOKED = 'revoked';
/** Receivers of webhooks, by id, and others that may be deleted. A few more may be created. */
const ENDPOINTS: string[] = [];
const FORMER_ENDPOINTS: string[] = [];
/** A campaign whose list of who may claim can still change. */
const LISTED = 'listed';
/** With a list that is frozen, and in the log. */
const FROZEN = 'frozen';
const CLAIMED = ['open', 'line', 'sold', 'paused', 'closed', 'later', 'default', 'nope'];

const valid = { exp: inSeconds(7_200) };

interface Who {
  readonly name: 'nobody' | 'somebody' | 'user' | 'almost an administrator' | 'administrator';
  readonly userId?: string;
  readonly authorization?: string;
}

const user = (userId: string): Who => ({
  name: 'user',
  userId,
  authorization: `Bearer ${forge({ ...valid, sub: userId })}`,
});

const almostAdmin = (scope: unknown): Who => ({
  name: 'almost an administrator',
  userId: '7',
  authorization: `Bearer ${forge({ ...valid, sub: '7', scope })}`,
});

const ADMIN: Who = {
  name: 'administrator',
  userId: '1',
  authorization: `Bearer ${forge({ ...valid, sub: '1', scope: 'openid grants:admin' })}`,
};

const ALMOST_SCOPES: readonly unknown[] = [
  'grants',
  'admin',
  'grants:admin2',
  'grants:administrator',
  'x-grants:admin',
  'xgrants:admin',
  'GRANTS:ADMIN',
  'Grants:Admin',
  'grants: admin',
  'grants :admin',
  'grants:admin,grants:read',
  'openid,grants:admin',
  'grants:admin\n',
  'openid\tgrants:admin',
  'grants:admin\u0000',
  'grants:\u0430dmin',
  'grants%3Aadmin',
  'grants:*',
  '*',
  '"grants:admin"',
  ['grants:admin'],
  ['openid', 'grants:admin'],
  [['grants:admin']],
  { 'grants:admin': true },
  { includes: 'grants:admin' },
  true,
  1,
  null,
  '',
];

const NOBODIES: readonly Who[] = [
  { name: 'nobody' },
  ...['', 'Bearer', 'Bearer ', 'Bearer x', 'Basic MTox', 'Bearer null', 'Bearer a.b.c'].map(
    (authorization): Who => ({ name: 'somebody', authorization }),
  ),
];

const whoFor = ({ needsAdmin }: Operation): fc.Arbitrary<Who> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...NOBODIES) },
    { weight: needsAdmin ? 1 : 8, arbitrary: fc.constantFrom(...USERS).map(user) },
    { weight: 1, arbitrary: fc.constantFrom(...ALMOST_SCOPES).map(almostAdmin) },
    { weight: needsAdmin ? 8 : 1, arbitrary: fc.constant(ADMIN) },
  );

interface Asked {
  readonly question: Question;
  readonly operation: Operation;
  readonly who: Who;
  /** What was made wrong with the request; empty if nothing was. */
  readonly mutated: string;
  readonly request: ApiRequest;
}

let world: World;
let api: RunningApp;
let openApi: OpenApi;
let rules: AnswerRules;
let asking: Asking;
let asked = 0;
const findings = new Findings();

/** How often each operation answered each status. */
const seen = new Map<string, number>();

beforeAll(async () => {
  world = await World.create({
    RATE_LIMIT_PER_IP: '1000000000',
    REQUEST_DEADLINE_MS: '8000',
    PAYOUT_WEBHOOK_SECRET: WEBHOOK_SECRET,
    ...logVariables(),
  });
  api = await world.start('api');
  openApi = await OpenApi.of(api.url);
  rules = new AnswerRules(openApi, [JWT_SECRET, new URL(world.variables.DATABASE_URL!).pathname.slice(1)]);
  asking = new Asking(api.url);

  const client = new Client(api);
  await fillLoggedLine(client);
  const opensAt = '2090-01-01T00:00:00Z';
  for (const campaign of [
    { id: 'open', capacity: 30 },
    { id: 'line', capacity: 2, waitingCapacity: 15 },
    { id: 'sold', capacity: 2, waitingCapacity: 0 },
    { id: 'paused', capacity: 5 },
    { id: 'closed', capacity: 5 },
    { id: 'later', capacity: 5, opensAt },
    { id: IN_DOUBT, capacity: USERS.length },
    { id: REVOKED, capacity: USERS.length },
    ...[...CHANGING, ...HELD].map((id) => ({ id, capacity: 5 })),
    { id: PROPOSED, capacity: 5 },
    { id: LISTED, capacity: 5, eligibility: 'list' as const, opensAt },
    ...MISTAKEN.map((id) => ({ id, capacity: 5, opensAt })),
  ]) {
    expect((await client.createCampaign(campaign)).status).toBe(201);
  }
  for (const id of ['open', 'line', 'sold', 'paused', 'closed'])
    for (const userId of [1, 2]) expect((await client.claim(id, userId)).status).toBe(202);
  expect((await client.changeCampaign('paused', { state: 'PAUSED' })).status).toBe(200);
  expect((await client.changeCampaign('closed', { state: 'CLOSED' })).status).toBe(200);
  for (const userId of USERS.slice(0, 20)) expect((await client.closeWallet(userId)).status).toBe(200);
  for (const id of CLAIMED) await client.claim(id, 41); // so that every gate exists
  for (const userId of USERS)
    for (const id of [IN_DOUBT, REVOKED]) expect((await client.claim(id, userId)).status).toBe(202);
  await world.rows(
    `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, request_body, first_sent_at)
     SELECT campaign_id, user_id, 'grant:' || campaign_id || ':' || user_id, 'IN_DOUBT', '{}', now()
       FROM user_grants WHERE campaign_id = $1`,
    [IN_DOUBT],
  );
  for (const id of HELD) await client.claim(id, 2);
  await world.rows(
    `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, request_body, first_sent_at, updated_at, last_error)
     SELECT campaign_id, user_id, 'grant:' || campaign_id || ':' || user_id, 'HELD', '{}', now(), '2020-01-01', 'connection'
       FROM user_grants WHERE campaign_id LIKE 'held-%'`,
  );
  await world.rows(
    `INSERT INTO payout_decisions (campaign_id, decision, reason, proposed_by)
     SELECT $1, 'RESEND', 'nothing has moved', 'somebody else' FROM generate_series(1, $2)`,
    [PROPOSED, PROPOSALS.length],
  );
  await world.rows(
    `INSERT INTO payout_decision_items (decision_id, user_id, fence) SELECT id, 2, 1 FROM payout_decisions`,
  );
  for (const ids of [ENDPOINTS, FORMER_ENDPOINTS])
    for (let i = 0; i < 8; i++) {
      const made = await client.operate('post', 'webhook-endpoints', { url: 'https://example.com/events' });
      expect(made.status).toBe(201);
      ids.push(made.body.id as string);
    }
  await publishLog(
    world,
    api,
    CLAIMED.filter((id) => id !== 'nope'),
  );
});

/**
 * The log knows who claimed in LEFT, and who may in FROZEN. It is written while there is no other campaign that a
 * worker could change.
 */
async function fillLoggedLine(client: Client): Promise<void> {
  const log = new LogReader(world);
  const worker = await world.start('worker');
  await log.published(); // what was claimed before a log began is unproven
  const line = { id: LEFT, capacity: 1, waitingCapacity: USERS.length, reversalPolicy: 'regrant' as const };
  expect((await client.createCampaign(line)).status).toBe(201);
  for (const userId of USERS) expect((await client.claim(LEFT, userId)).status).toBe(202);
  await log.has(LEFT, [`claim ${USERS.length} -`]);
  const listed = { id: FROZEN, capacity: 1, eligibility: 'list' as const, opensAt: '2090-01-01T00:00:00Z' };
  expect((await client.createCampaign(listed)).status).toBe(201);
  expect((await client.addEligible(FROZEN, USERS)).status).toBe(200);
  const reason = { reason: 'the list is whole' };
  const frozen = await client.operate('post', `campaigns/${FROZEN}/eligible/freeze`, reason);
  expect(frozen.status).toBe(200);
  await log.knows(FROZEN);
  await log.published();
  await worker.close();
}

afterAll(async () => {
  asking.close();
  await world.close();
});

const knownFor = (operation: Operation): Known => ({
  id: idsFor(operation),
  decisionId: PROPOSALS,
  userId: USERS,
  currency: ['KRW'],
  path: ['0/000.p/1', 'entries/000.p/2'],
});

function idsFor({ needsAdmin, method, path }: Operation): readonly string[] {
  if (path.includes('/webhook-endpoints/')) return method === 'delete' ? FORMER_ENDPOINTS : ENDPOINTS;
  if (path.includes('{decisionId}')) return [PROPOSED];
  if (path.includes('/payout-decisions')) return HELD;
  if (path === '/v1/campaigns/{id}' && method === 'delete') return MISTAKEN;
  if (path.endsWith('/revocation')) return [REVOKED];
  if (/\/eligible(?:\/freeze|\/me|-commitments)$/.test(path)) return [FROZEN, 'nope'];
  if (path.includes('/eligible')) return [LISTED];
  if (path.includes('/payouts')) return [IN_DOUBT];
  if (path.endsWith('/grants/me/proof')) return [LEFT, 'nope'];
  if (path.endsWith('/grants/me') && method === 'delete') return [LEFT, 'nope'];
  return needsAdmin && method !== 'get' ? CHANGING : CLAIMED;
}

/** Signs a webhook of the provider, byte for byte. Here whoever has a token has the webhook secret as well. */
function signed(question: Question, { path }: Operation): Question {
  if (path !== '/v1/payout-events') return question;
  const event = Buffer.from(question.body ?? '');
  const headers = webhookHeaders(WEBHOOK_SECRET, `evt-${++events}`, event);
  return { ...question, headers: [...Object.values(question.headers ?? []), ...headers] };
}

function questionsTo(operation: Operation): fc.Arbitrary<Asked> {
  return fc
    .record({
      request: validRequests(openApi, operation, knownFor(operation)),
      mutation: fc.option(mutations(openApi, operation), { nil: null, freq: 6 }),
      who: whoFor(operation),
    })
    .map(({ request, mutation, who }) => {
      const asked = mutation ? mutation.of(request) : request;
      const headers = who.authorization === undefined ? [] : [['Authorization', who.authorization] as const];
      const question = questionOf(asked, headers);
      return {
        question: who.authorization === undefined ? question : signed(question, operation),
        operation,
        who,
        mutated: mutation?.name ?? '',
        request: asked,
      };
    });
}

const isRead = ({ question }: Asked): boolean => ['GET', 'HEAD'].includes(question.method ?? 'GET');
const isHarmless = (one: Answered<Asked>): boolean => isRefused(one) || isRead(one.asked);
/** 503 is no refusal: what the request began goes on. */
const isRefused = ({ answer }: Answered<Asked>): boolean =>
  typeof answer !== 'string' && answer.status >= 400 && answer.status !== 503;

function exampleOf({ asked: { question, who, mutated }, answer }: Answered<Asked>): string {
  const { method, path, headers, body } = question;
  const came =
    typeof answer === 'string' ? answer : `${answer.status} ${answer.headers['content-type']} ${answer.text}`;
  return [
    `  asked by ${who.name}, with ${mutated || 'nothing wrong'}: ${method} ${path.slice(0, 300)}`,
    `    ${JSON.stringify(headers).slice(0, 600)} ${String(body).slice(0, 600)}`,
    `    answer: ${came.slice(0, 800)}`,
  ].join('\n');
}

function judge(answered: Answered<Asked>): void {
  const { question, who, mutated, operation } = answered.asked;
  const { answer } = answered;
  const found = (kind: string): void => findings.add(kind, exampleOf(answered));
  if (typeof answer === 'string') {
    found('no answer');
    return;
  }
  for (const rule of rules.broken(question, answer)) found(rule);
  const reached = openApi.operationAt(question.method!, question.path);
  const taken = answer.status < 400;
  if (taken && reached?.needsToken && who.authorization === undefined) found('accepted without a token');
  if (taken && reached?.needsAdmin && who.name !== 'administrator')
    found('accepted from somebody who is no administrator');
  if (
    operation.needsAdmin &&
    who.name !== 'administrator' &&
    mutated === '' &&
    ![401, 403].includes(answer.status)
  )
    found('somebody who is no administrator was told more than 401 or 403');
  if (taken && reached?.body && hasUndocumentedProperty(reached, question.body))
    found('accepted with an undocumented property');
  const isJson = answer.text !== '' && answer.headers['content-type']?.startsWith('application/json');
  if (answer.status < 300 && reached && !reached.needsAdmin && isJson) {
    const { userId } = JSON.parse(answer.text) as { userId?: unknown };
    if (userId !== undefined && userId !== who.userId) found("somebody else's grant");
  }
}

function hasUndocumentedProperty({ body }: Operation, sent: Question['body']): boolean {
  if (body === undefined || typeof sent !== 'string' || sent === '') return false;
  const { properties = {}, additionalProperties } = openApi.schema(body);
  if (additionalProperties) return false;
  return Object.keys(JSON.parse(sent.replace(/^\uFEFF/, '')) as object).some(
    (name) => !Object.hasOwn(properties, name),
  );
}

/** Sends the requests, judges the answers, and counts them. */
async function round(questions: readonly Asked[]): Promise<Answered<Asked>[]> {
  const answered = await asking.all(questions);
  asked += questions.length;
  for (const one of answered) {
    judge(one);
    const { name } = one.asked.operation;
    const key = `${name}: ${typeof one.answer === 'string' ? 'none' : one.answer.status}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  return answered;
}

/** Repeats refused requests until none of them is accepted any more, and checks that those change nothing. */
async function expectRefusalsToChangeNothing(refused: readonly Asked[]): Promise<void> {
  let rest = refused;
  while (rest.length > 0) {
    const before = await quietDigest();
    const again = await round(rest);
    if (again.every(isHarmless)) return compare(before, again);
    rest = again.filter(isRefused).map((one) => one.asked); // the success of one request may let another through
  }
}

/** The digest once every campaign has its gate: creating a campaign does not wait for its gate. */
async function quietDigest(): Promise<string[]> {
  await eventually(async () => {
    const campaigns = await world.rows<{ id: string }>('SELECT id FROM campaigns WHERE deleted_at IS NULL');
    const gates = await world.redis.exists(...campaigns.map(({ id }) => `grant:{${id}}:facts`));
    expect(gates).toBe(campaigns.length);
  });
  return digestAtRest(world);
}

async function compare(before: readonly string[], harmless: readonly Answered<Asked>[]): Promise<void> {
  const changed = difference(before, await digestOf(world));
  if (changed.length === 0) return;
  for (const one of harmless) findings.add(`one of these has changed ${changed.join(', ')}`, exampleOf(one));
}

const difference = (before: readonly string[], after: readonly string[]): string[] => {
  const [known, found] = [new Set(before), new Set(after)];
  return after.filter((line) => !known.has(line)).concat(before.filter((line) => !found.has(line)));
};

it('answers every request as documented, and refused requests change nothing', async () => {
  const each = Math.ceil(REQUESTS / openApi.operations.length);
  const questions = openApi.operations.flatMap((operation, number) =>
    fc.sample(questionsTo(operation), {
      seed: FUZZ_SEED + number,
      numRuns: MOSTLY_REFUSED.includes(operation.name) ? 4 * each : each,
    }),
  );
  // Apart, because reads must change nothing when they are answered, either.
  for (const alike of [questions.filter((one) => !isRead(one)), questions.filter(isRead)])
    for (let from = 0; from < alike.length; from += BATCH) {
      const before = await quietDigest();
      const answered = await round(alike.slice(from, from + BATCH));
      if (answered.every(isHarmless)) await compare(before, answered);
      else await expectRefusalsToChangeNothing(answered.filter(isRefused).map((one) => one.asked));
    }
  findings.expectNone();
  expect(asked).toBeGreaterThanOrEqual(REQUESTS);
}, 600_000);

it('has succeeded with every operation', () => {
  for (const { name, responses } of openApi.operations) {
    const successes = Object.keys(responses).filter((status) => status < '300');
    const count = successes.reduce((sum, status) => sum + (seen.get(`${name}: ${status}`) ?? 0), 0);
    expect({ name, got: count > 2 }).toEqual({ name, got: true });
  }
});
