// Stands in for what other branches bring: it serves dist/web/console under /console, and answers the calls of
// web/console/api/promised.ts from those that exist. A call that the service knows is always passed on to it. Once
// "claim", "identity" and "live" are merged nothing of it is left to do: delete the file, and give openConsole the
// service's own URL and a session.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { decodeJwt } from 'jose';
import { adminToken } from './tokens.js';
import type { RunningApp } from './world.js';

const FILES = join(__dirname, '../../dist/web/console');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
/** Stricter than it has to be: not even inline styles. */
const POLICY = [
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'",
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
].join('; ');

/** The API's answers are read as tests read them: the assertion is the check of their type. */
type Json = Record<string, ReturnType<typeof JSON.parse>>;

export class ConsoleStandIn {
  private readonly server: Server;
  private readonly streams = new Set<ServerResponse>();
  private isBroken = false;
  private answered = { at: Date.now(), accepted: 0, paid: 0 };

  private constructor(private readonly service: string) {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
  }

  static async start(service: RunningApp): Promise<ConsoleStandIn> {
    const standIn = new ConsoleStandIn(service.url.replace('[::1]', '127.0.0.1'));
    await new Promise<void>((resolve) => standIn.server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Ends all streams and refuses new connections' streams until it is called again with false. */
  breakStreams(isBroken: boolean): void {
    this.isBroken = isBroken;
    if (isBroken) for (const stream of this.streams) stream.destroy();
  }

  async close(): Promise<void> {
    this.breakStreams(true);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.url);
    if (pathname.startsWith('/console')) return this.file(pathname, response);
    if (this.isBroken) return void request.socket.destroy();
    if (pathname.endsWith('/live')) return this.live(pathname, request, response);
    const passed = await fetch(`${this.service}${request.url ?? '/'}`, {
      method: request.method ?? 'GET',
      headers: Object.fromEntries(
        ['authorization', 'content-type']
          .filter((name) => request.headers[name])
          .map((name) => [name, String(request.headers[name])]),
      ),
      ...(request.method === 'GET' ? {} : { body: await bodyOf(request) }),
    });
    const text = await passed.text();
    const own =
      passed.status === 404 && text.includes('"not-found"') ? await this.own(pathname, request) : null;
    if (own !== null)
      return void response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(own));
    const headers = Object.fromEntries(
      ['content-type', 'content-disposition', 'x-request-id', 'retry-after']
        .filter((name) => passed.headers.has(name))
        .map((name) => [name, String(passed.headers.get(name))]),
    );
    response.writeHead(passed.status, headers).end(text);
  }

  private async file(pathname: string, response: ServerResponse): Promise<void> {
    const name = extname(pathname) === '' ? 'index.html' : pathname.replace('/console/', '');
    const body = await readFile(join(FILES, name)).catch(() => null);
    if (body === null) return void response.writeHead(404).end();
    response.writeHead(200, {
      ...{ 'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream' },
      ...{ 'Content-Security-Policy': POLICY, 'X-Content-Type-Options': 'nosniff' },
    });
    response.end(body);
  }

  /** What a call of promised.ts answers; null for any other. */
  private async own(pathname: string, request: IncomingMessage): Promise<Json | null> {
    if (pathname === '/v1/operator-session') return sessionOf(request);
    if (pathname === '/v1/attention') return { items: await this.attention() };
    const [, id = '', rest = ''] = /^\/v1\/campaigns\/([^/]+)\/(.+)$/.exec(pathname) ?? [];
    if (rest === 'figures') return this.figures(id);
    if (rest === 'series') return { stepMs: 10_000, items: [], next: null };
    const [, userId] = /^grants\/(\d+)\/story$/.exec(rest) ?? [];
    return userId === undefined ? null : this.story(id, userId);
  }

  private async live(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, id = ''] = /^\/v1\/campaigns\/([^/]+)\/live$/.exec(pathname) ?? [];
    if (!request.headers.authorization) return void response.writeHead(401).end();
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    this.streams.add(response);
    const send = async (): Promise<void> => {
      response.write(`event: figures\ndata: ${JSON.stringify(await this.figures(id))}\n\n`);
    };
    const timer = setInterval(() => void send().catch(() => undefined), 1_000);
    response.on('close', () => {
      clearInterval(timer);
      this.streams.delete(response);
    });
    await send();
  }

  private async get(path: string): Promise<Json> {
    const response = await fetch(`${this.service}/v1/${path}`, {
      headers: { Authorization: `Bearer ${await adminToken()}` },
    });
    return (await response.json()) as Json;
  }

  private async figures(id: string): Promise<Json> {
    const [terms, stats, held, doubt, due] = await Promise.all([
      this.get(`campaigns/${id}/terms`),
      this.get(`campaigns/${id}/stats`),
      this.get(`campaigns/${id}/payouts?state=HELD&limit=1000`),
      this.get(`campaigns/${id}/payouts?state=IN_DOUBT&limit=1000`),
      this.get(`campaigns/${id}/grants?status=PENDING&limit=1`),
    ]);
    const now = new Date();
    const { pending, success, reversed, waiting, failed, ended, left, lastArrivalNo } =
      stats.postgres as Record<string, number>;
    const seconds = Math.max((now.getTime() - this.answered.at) / 1_000, 0.5);
    const rates = {
      accepted: Math.max(0, (lastArrivalNo! - this.answered.accepted) / seconds),
      paid: Math.max(0, (success! - this.answered.paid) / seconds),
      ...{ waitlisted: 0, soldOut: 0, refused: 0, unavailable: 0 },
    };
    this.answered = { at: now.getTime(), accepted: lastArrivalNo!, paid: success! };
    const settled = success! + reversed!;
    const counts = {
      ...{ asOf: now, available: stats.capacity - settled - pending!, processing: pending, settled, waiting },
    };
    return {
      ...{ at: now, campaignId: id, state: terms.state, capacity: stats.capacity },
      postgres: { ...counts, failed, ended: ended! + left! },
      ...{ gate: counts, differs: false, rates, latencyMs: rates.accepted > 0 ? { p50: 4, p99: 18 } : null },
      oldestUnpaidMs: due.items[0] ? now.getTime() - Date.parse(due.items[0].createdAt as string) : null,
      ...{ inDoubt: doubt.items.length, held: held.items.length, payoutsStopped: held.state === 'STOPPED' },
    };
  }

  private async attention(): Promise<Json[]> {
    const { items } = await this.get('campaigns');
    const found = await Promise.all(
      (items as Json[]).map(async ({ id }): Promise<Json[]> => {
        const held = await this.get(`campaigns/${id}/payouts?state=HELD&limit=1000`);
        const decisions = await this.get(`campaigns/${id}/payout-decisions`);
        const item = (code: string, count: number | null, since: string | null, href: string): Json => ({
          ...{ code, campaignId: id, count, since, nextStep: 'Look at it.', href },
        });
        const open = (decisions.items as Json[]).filter(({ appliedAt, expired }) => !appliedAt && !expired);
        return [
          ...(held.items.length > 0
            ? [
                item(
                  'payouts-held',
                  held.items.length as number,
                  held.items[0].updatedAt as string,
                  `/v1/campaigns/${id}/payouts?state=HELD`,
                ),
              ]
            : []),
          ...(open.length > 0
            ? [
                item(
                  'decision-to-approve',
                  open.length,
                  open[0]!.proposedAt as string,
                  `/v1/campaigns/${id}/payout-decisions`,
                ),
              ]
            : []),
          ...(held.state === 'STOPPED'
            ? [item('payouts-stopped', null, null, `/v1/campaigns/${id}/payouts`)]
            : []),
        ];
      }),
    );
    return found.flat();
  }

  private async story(id: string, userId: string): Promise<Json> {
    const { items } = await this.get(`campaigns/${id}/grants?userId=${userId}`);
    const person = (items as Json[])[0]!;
    const payout = await this.get(`campaigns/${id}/payouts/${userId}`);
    const kinds: Readonly<Record<string, string>> = { SETTLED: 'paid', IN_DOUBT: 'in-doubt' };
    return {
      person,
      events: [
        { at: person.createdAt, kind: 'claimed', detail: `arrival number ${person.arrivalNo}`, actor: null },
        ...((payout.events ?? []) as Json[]).map(({ event, at, detail, actor }) => ({
          ...{ at, detail, actor, kind: kinds[String(event)] ?? String(event).toLowerCase() },
        })),
      ],
    };
  }
}

function sessionOf(request: IncomingMessage): Json {
  const token = request.headers.authorization?.replace('Bearer ', '');
  if (!token) return { operator: null, loginUrl: '/console/login' };
  const { sub, scope } = decodeJwt(token);
  const expiresAt = new Date(Date.now() + 900_000);
  return {
    operator: { id: sub, name: null, scopes: String(scope).split(' '), expiresAt },
    loginUrl: '/console/login',
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}
