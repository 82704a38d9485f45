import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { request } from 'undici';
import { expectAccessible, expectNoSidewaysScroll } from '../../support/accessibility.js';
import { openBrowser, openPage } from '../../support/browser.js';
import { Client } from '../../support/client.js';
import { expectProblem } from '../../support/problem.js';
import { screenshot } from '../../support/screenshots.js';
import { type RunningApp, World } from '../../support/world.js';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const SCRIPT_BUDGET = 10_000;
const NAME = `<b onclick="alert('1')">봄 & "선착"</b>`;

let world: World;
let api: RunningApp;
let client: Client;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  world = await World.create();
  api = await world.start('api');
  client = new Client(api);
  await client.createCampaign({
    id: 'drop',
    name: '봄맞이 선착순',
    capacity: 10_000,
    amount: 1_500,
    opensAt: '2031-03-01T01:00:00Z',
    closesAt: '2031-03-02T01:00:00Z',
  });
  await client.createCampaign({ id: 'hostile', name: NAME, capacity: 1, currency: 'USD', amount: 1_050 });
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

afterAll(async () => {
  await browser.close();
  await world.close();
});

/** The URLs of what a page's HTML loads. */
function loadedBy(html: string, kind: 'js' | 'css'): string[] {
  return [...html.matchAll(/(?:src|href)="(\/claim-page\/[^"]+)"/g)]
    .map(([, path]) => path!)
    .filter((path) => path.endsWith(`.${kind}`));
}

describe('the page of a campaign', () => {
  it.each([
    ['ko-KR,ko;q=0.9,en;q=0.8', 'ko', '10,000명', '1,500원', '2031년 3월 1일'],
    ['fr, en-GB;q=0.8, ko;q=0.5', 'en', '10,000 people', '₩1,500', 'March 1, 2031'],
    ['*', 'en', '10,000 people', '₩1,500', 'March 1, 2031'],
  ])('is in the language of Accept-Language: %s', async (accepted, language, ...facts) => {
    const { text, headers } = await api.http.get('/c/drop').set('Accept-Language', accepted);
    expect(headers['content-language']).toBe(language);
    expect(headers.vary).toMatch(/Accept-Language/);
    expect(text).toContain(`<html lang="${language}">`);
    for (const fact of ['봄맞이 선착순', ...facts]) expect(text).toContain(fact);
  });

  it.each([
    ['en', 'for the first <strong>person</strong> to ask', /wait in line|Waiting line/],
    ['ko', '먼저 신청한 <strong>1명</strong>에게', /대기/],
  ])('speaks of a waiting line only where there is one (%s)', async (language, first, line) => {
    expect((await api.http.get(`/c/drop/${language}`)).text).toMatch(line);
    await client.createCampaign({ id: 'single', capacity: 1, waitingCapacity: 0 });
    const { text } = await api.http.get(`/c/single/${language}`);
    expect(text).toContain(first);
    expect(text).not.toMatch(line);
  });

  it('names a language in its path, and then depends on no header but the encoding', async () => {
    const { text, headers } = await api.http.get('/c/drop/ko').set('Accept-Language', 'en');
    expect(text).toContain('<html lang="ko">');
    expect(headers.vary).toBe('Accept-Encoding');
  });

  it('is kept by shared caches for seconds, and answers 304 to those who have it', async () => {
    const { headers } = await api.http.get('/c/drop/en');
    expect(headers['cache-control']).toBe('public, max-age=5, stale-while-revalidate=30, stale-if-error=600');
    const again = await api.http.get('/c/drop/en').set('If-None-Match', headers.etag!);
    expect(again.status).toBe(304);
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('allows its own scripts and styles only, and no frame', async () => {
    const { headers, text } = await api.http.get('/c/drop/en');
    const policy = String(headers['content-security-policy']);
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"],
        ...["frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'"],
      ]),
    );
    expect(policy).not.toContain('unsafe');
    expect(text).not.toMatch(/<style|<script(?![^>]* src=)|style="| on[a-z]+="/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  it.each(['/c/drop/ko', '/c/drop/en'])('%s weighs at most 10 kB of compressed script', async (path) => {
    const { text } = await api.http.get(path);
    const scripts = loadedBy(text, 'js');
    const sizes = await Promise.all(
      scripts.map(async (script) => gzipSync((await api.http.get(script)).text, { level: 9 }).length),
    );
    expect(scripts.length).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(SCRIPT_BUDGET);
  });

  it('has names that people chose as text, whatever they contain', async () => {
    const { page, errors } = await openPage(browser, PHONE);
    await page.goto(`${api.url}/c/hostile/en`);
    expect(await page.locator('h1').textContent()).toBe(NAME);
    expect(await page.locator('main b').count()).toBe(0);
    expect(await page.locator('.lead').textContent()).toContain('$10.50');
    expect(errors).toEqual([]);
  });

  it('is the same over Nest as on the direct route', async () => {
    const [direct, nest] = await Promise.all([api.http.get('/c/drop/en'), api.http.get('/c/drop/en?x=1')]);
    const { etag, 'content-security-policy': policy, vary } = direct.headers;
    expect(nest.text).toBe(direct.text);
    expect(nest.headers).toMatchObject({ etag, 'content-security-policy': policy, vary });
    expect((await api.http.head('/c/drop/en')).headers).toMatchObject({
      etag,
      'content-security-policy': policy,
    });
  });

  it.each([
    ['of a campaign that does not exist', '/c/nowhere'],
    ['that somebody mistyped', '/c/drop/kr'],
    ['that somebody mistyped', '/c/drop/ko/drop'],
  ])('%s is a page, not JSON: %s', async (_, path) => {
    const { status, text, headers } = await api.http.get(path).set('Accept-Language', 'ko');
    expect(status).toBe(404);
    expect(headers['content-type']).toMatch(/^text\/html/);
    expect(headers['cache-control']).toBe('no-store');
    expect(text).toContain('없는 페이지예요');
  });
});

describe('in a browser', () => {
  it.each([
    ['ko', '봄맞이 선착순', '2031년 3월 1일'],
    ['en', '봄맞이 선착순', 'March 1, 2031'],
  ])('it can be read without script (%s)', async (language, ...facts) => {
    const { page } = await openPage(browser, { ...PHONE, javaScriptEnabled: false });
    await page.goto(`${api.url}/c/drop/${language}`);
    const text = await page.locator('body').innerText();
    for (const fact of facts) expect(text).toContain(fact);
    expect(text).toMatch(/자바스크립트|JavaScript/);
    await screenshot(page, `page-no-script-${language}-360`);
  });

  it.each([
    ['ko', 'light', 360],
    ['ko', 'dark', 360],
    ['en', 'light', 360],
    ['en', 'dark', 1_280],
    ['ko', 'light', 1_280],
  ] as const)('counts down (%s, %s, %i px)', async (language, colorScheme, width) => {
    const { page, errors } = await openPage(browser, { colorScheme, viewport: { width, height: 800 } });
    await page.goto(`${api.url}/c/drop/${language}`);
    await page.getByRole('timer').waitFor();
    await screenshot(page, `page-before-${language}-${width}-${colorScheme}`);
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    expect(errors).toEqual([]);
  });

  it('can be read with text twice as large, and in a window of 320 px', async () => {
    const { page } = await openPage(browser, { viewport: { width: 320, height: 640 } });
    await page.goto(`${api.url}/c/drop/ko`);
    await page.getByRole('timer').waitFor();
    await page.evaluate('document.documentElement.style.fontSize = "200%"');
    await screenshot(page, 'page-before-ko-320-text200');
    await expectNoSidewaysScroll(page);
  });

  it('moves nothing for people who asked for that', async () => {
    const { page } = await openPage(browser, { ...PHONE, reducedMotion: 'reduce' });
    await page.goto(`${api.url}/c/drop/en`);
    await page.getByRole('timer').waitFor();
    const moving = await page.evaluate('document.getAnimations().length');
    expect(moving).toBe(0);
  });

  it('is not shown in a frame of another site', async () => {
    const frame = createServer((_, response) =>
      response
        .writeHead(200, { 'Content-Type': 'text/html' })
        .end(`<iframe src="${api.url}/c/drop/en"></iframe>`),
    );
    frame.listen(0, '127.0.0.1');
    await once(frame, 'listening');
    try {
      const { page, errors } = await openPage(browser);
      await page.goto(`http://localhost:${(frame.address() as AddressInfo).port}`);
      await page.frames()[1]!.locator('body').waitFor({ state: 'attached' });
      expect(await page.frames()[1]!.locator('h1', { hasText: '봄맞이' }).count()).toBe(0);
      expect(errors.join(' ')).toContain('frame-ancestors');
    } finally {
      frame.closeAllConnections();
      frame.close();
    }
  });
});

describe('the files', () => {
  it('with a hash in their name are kept for ever, compressed as the browser likes', async () => {
    const { text } = await api.http.get('/c/drop/en');
    for (const path of [...loadedBy(text, 'js'), ...loadedBy(text, 'css')]) {
      const plain = await api.http.get(path).set('Accept-Encoding', 'identity').buffer(true);
      expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      for (const [encoding, decode] of [
        ['br', brotliDecompressSync],
        ['gzip', gunzipSync],
      ] as const) {
        const answer = await fetchRaw(path, encoding);
        expect(answer.headers.get('content-encoding')).toBe(encoding);
        expect(decode(answer.body).toString()).toBe(plain.text);
      }
    }
  });

  it.each([
    ['/embed.js', 'text/javascript'],
    ['/embed.ko.js', 'text/javascript'],
    ['/embed.en.js', 'text/javascript'],
    ['/embed.css', 'text/css'],
  ])('of the element may be loaded by any site: %s', async (path, type) => {
    const { status, headers } = await api.http.get(path);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe(`${type}; charset=utf-8`);
    expect(headers['cross-origin-resource-policy']).toBe('cross-origin');
  });

  it.each(['ko', 'en'])(
    'of the element weigh at most 10 kB of compressed script in one language (%s)',
    async (language) => {
      const bodies = await Promise.all(
        ['/embed.js', `/embed.${language}.js`].map((path) => fetchRaw(path, 'gzip')),
      );
      const size = bodies.reduce((sum, { body }) => sum + body.length, 0);
      expect(size).toBeGreaterThan(5_000);
      expect(size).toBeLessThanOrEqual(SCRIPT_BUDGET);
    },
  );

  it.each([
    ...[
      '/claim-page/html/claim.ko.html',
      '/claim-page/assets/..%2fembed.js',
      '/claim-page/assets/nothing.js',
    ],
    ...[
      '/console/assets/nothing.js',
      '/console/login',
      '/console/login/callback',
      '/console/..%2f..%2fpackage.json',
    ],
  ])('do not include %s', async (path) => {
    const { status, headers } = await api.http.get(path);
    expect(status).toBe(404);
    expect(headers['content-type']).toMatch(/problem\+json/);
  });

  it.each(['/console', '/console/campaigns/drop/people/42'])('%s is the console’s page', async (path) => {
    const { status, headers } = await api.http.get(path);
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/html/);
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers['content-security-policy']).toMatch(/script-src 'self';.*frame-ancestors 'none'/);
  });
});

describe('the landing page', () => {
  it.each(['ko', 'en'] as const)(
    'leads to the campaign, the console and the documents (%s)',
    async (language) => {
      await client.createCampaign({ id: 'default', name: 'Reference', capacity: 100 });
      const { page, errors } = await openPage(browser, { ...PHONE, locale: language });
      await page.goto(api.url);
      const ways = await page
        .locator('main a')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
      expect(ways).toEqual([`/c/default/${language}`, '/console', '/docs']);
      await screenshot(page, `home-${language}-360`);
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      expect(errors).toEqual([]);
    },
  );

  it('names no documents where there are none', async () => {
    const without = await world.start('api', { DOCS: 'false' });
    expect((await without.http.get('/')).text).not.toContain('/docs');
  });

  it('is not there for a worker', async () => {
    const worker = await world.start('worker');
    for (const path of ['/', '/c/drop', '/console', '/embed.js'])
      expect((await worker.http.get(path)).status).toBe(404);
  });
});

describe('an address at which there is nothing', () => {
  const paths = ['/nope', '/nope/deeper?x=1', '/console/assets/gone.js'];

  it.each(['ko', 'en'] as const)('has a page for people (%s)', async (language) => {
    for (const width of [360, 1280]) {
      const { page, errors } = await openPage(browser, {
        ...{ locale: language, viewport: { width, height: 740 } },
      });
      for (const path of paths) expect((await page.goto(api.url + path))?.status()).toBe(404);
      expect(await page.title()).toBe(language === 'ko' ? '없는 페이지예요' : 'There is no such page');
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await screenshot(page, `not-found-${language}-${width}`);
      await page.getByRole('link').click();
      expect(new URL(page.url()).pathname).toBe('/');
      expect(errors).toEqual([]);
    }
  });

  it('is a problem for programs, and below /v1 for everybody', async () => {
    const wants = (path: string, accept: string) => api.http.get(path).set('Accept', accept);
    for (const path of paths)
      for (const accept of ['*/*', 'application/json', 'application/problem+json', 'image/*'])
        expectProblem(await wants(path, accept), 404, 'not-found');
    expectProblem(await wants('/v1/nope', 'text/html'), 404, 'not-found');
    expectProblem(await api.http.post('/nope').set('Accept', 'text/html'), 404, 'not-found');
    const { status, headers } = await api.http.head('/nope').set('Accept', 'text/html,*/*;q=0.8');
    expect({ status, cache: headers['cache-control'] }).toEqual({ status: 404, cache: 'no-store' });
    expect(headers.vary).toMatch(/Accept,.*Accept-Language/);
    expect(headers['content-type']).toMatch(/^text\/html/);
  });

  it('stays JSON where nobody has pages', async () => {
    const worker = await world.start('worker');
    expectProblem(await worker.http.get('/nope').set('Accept', 'text/html'), 404, 'not-found');
  });
});

/** The bytes as they came: clients decompress by themselves. */
async function fetchRaw(path: string, encoding: string): Promise<{ headers: Headers; body: Buffer }> {
  const { headers, body } = await request(`${api.url}${path}`, { headers: { 'accept-encoding': encoding } });
  return {
    headers: new Headers(headers as Record<string, string>),
    body: Buffer.from(await body.arrayBuffer()),
  };
}
