// The floor: node:http without a framework, the token check, and one call of a small script per request. Without
// Postgres, so no answer is durable. It shows what a hand-written server could do.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Redis } from 'ioredis';
import { type GrantAnswer, noClaim, problemType, soldOut } from './answers.js';
import { host, serveBaseline, setting } from './serve-baseline.js';
import { TokenCheck } from './token-check.js';

const holders = 'floor:{default}:holders';
const available = 'floor:{default}:available';

/** KEYS: holders, available. ARGV: user, now. -> {1, record} known | {2, record} accepted | {0} sold out */
const claimScript = `
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known then return {1, known} end
local slot = redis.call('LPOP', KEYS[2])
if not slot then return {0} end
local record = slot .. ' ' .. ARGV[2]
redis.call('HSET', KEYS[1], ARGV[1], record)
return {2, record}`;

const redis = new Redis(setting('REDIS_URL'), { enableAutoPipelining: true });
const tokens = new TokenCheck(setting('JWT_SECRET'));
const route = /^\/v1\/campaigns\/([a-z0-9-]+)\/grants(\/me)?$/;
const slotsPerCommand = 10_000;
let sha = '';

function send(response: ServerResponse, status: number, type: string, document: object): void {
  const body = JSON.stringify(document);
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

/** @param record slot and time, as the script writes them */
function grant(campaignId: string, userId: string, record: string): GrantAnswer {
  const [slot, time = ''] = record.split(' ');
  const number = Number(slot);
  return {
    ...{ campaignId, userId, status: 'PENDING', grantSeq: number, arrivalNo: number },
    ...{ createdAt: time, updatedAt: time },
  };
}

async function claim(response: ServerResponse, campaignId: string, userId: string): Promise<void> {
  const now = new Date().toISOString();
  const answer = await redis.evalsha(sha, 2, holders, available, userId, now);
  const [code, record] = answer as [number, string];
  if (code === 0) send(response, 409, problemType, soldOut);
  else send(response, code === 2 ? 202 : 200, 'application/json', grant(campaignId, userId, record));
}

async function read(response: ServerResponse, campaignId: string, userId: string): Promise<void> {
  const record = await redis.hget(holders, userId);
  if (record === null) send(response, 404, problemType, noClaim);
  else send(response, 200, 'application/json', grant(campaignId, userId, record));
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, campaignId, isMe] = route.exec(request.url ?? '') ?? [];
  const userId = await tokens.userOf(request.headers.authorization);
  if (userId === undefined) send(response, 401, problemType, { title: 'Unauthorized', status: 401 });
  else if (campaignId === undefined) send(response, 404, problemType, noClaim);
  else await (isMe ? read(response, campaignId, userId) : claim(response, campaignId, userId));
}

async function fresh(capacity: number): Promise<void> {
  sha = (await redis.script('LOAD', claimScript)) as string;
  await redis.del(holders, available);
  for (let first = 1; first <= capacity; first += slotsPerCommand) {
    const length = Math.min(slotsPerCommand, capacity - first + 1);
    await redis.rpush(available, ...Array.from({ length }, (_, i) => first + i));
  }
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    response.writeHead(500).end();
  });
});

serveBaseline(
  Promise.resolve({
    listen: (port) => {
      server.listen(port, host);
      return once(server, 'listening');
    },
    fresh,
  }),
);
