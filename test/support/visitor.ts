import { type Answer, send } from './http.js';

const MOST_REDIRECTS = 12;

interface Visit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
}

/** A browser without scripts: it keeps the cookies of each site, follows redirects, and fills in forms. */
export class Visitor {
  /** Origin -> name -> value. */
  private readonly jars = new Map<string, Map<string, string>>();
  /** All Set-Cookie headers that it was sent, in order. */
  readonly received: string[] = [];
  /** All addresses that it asked for, in order. */
  readonly visited: string[] = [];

  /** @param site the origin under which the service is known; @param url where it really listens */
  constructor(
    private readonly site: string,
    private readonly url: string,
  ) {}

  /** One request, with this site's cookies. @param address a path of the site, or a whole URL */
  async ask(address: string, { method = 'GET', headers = {}, body, form }: Visit = {}): Promise<Answer> {
    const { origin, pathname, search } = new URL(address, this.site);
    this.visited.push(origin + pathname + search);
    const jar = this.jar(origin);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await send(origin === this.site ? this.url : origin, {
      method,
      path: pathname + search,
      headers: {
        Host: new URL(origin).host,
        ...(cookie === '' ? {} : { Cookie: cookie }),
        ...(form ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}),
        ...headers,
      },
      body: form ? new URLSearchParams(form).toString() : body,
    });
    for (const line of answer.headers['set-cookie'] ?? []) {
      this.received.push(line);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  /** Follows redirects until there is a page, or one leads to `end`. */
  async follow(address: string, end: string, visit: Visit = {}): Promise<{ at: string; answer: Answer }> {
    let at = new URL(address, this.site).href;
    let answer = await this.ask(at, visit);
    for (let i = 0; i < MOST_REDIRECTS; i++) {
      const { location } = answer.headers;
      if (location === undefined) return { at, answer };
      at = new URL(location, at).href;
      if (at === new URL(end, this.site).href) return { at, answer };
      answer = await this.ask(at);
    }
    throw new Error(`Too many redirects, the last one to ${at}`);
  }

  /**
   * Signs in at the provider, by the login page that it shows.
   * @param path the login of the service. @param returnTo where it must come back to
   */
  async signIn(path: string, returnTo: string, account: string): Promise<Answer> {
    const { at, answer } = await this.follow(
      `${path}?${new URLSearchParams({ returnTo }).toString()}`,
      returnTo,
    );
    const action = /<form[^>]* action="([^"]+)"/.exec(answer.text)?.[1];
    if (action === undefined) throw new Error(`No login form at ${at}: ${answer.status} ${answer.text}`);
    const form = { prompt: 'login', login: account, password: 'any' };
    const back = await this.follow(new URL(action, at).href, returnTo, { method: 'POST', form });
    if (back.at !== new URL(returnTo, this.site).href)
      throw new Error(`Came to ${back.at} instead: ${back.answer.status} ${back.answer.text}`);
    return back.answer;
  }

  /** The value of a cookie of the service's site. */
  cookie(name: string): string | undefined {
    return this.jar(this.site).get(name);
  }

  /** As somebody would who has copied a cookie, or made one. */
  setCookie(name: string, value: string): void {
    this.jar(this.site).set(name, value);
  }

  private jar(origin: string): Map<string, string> {
    const known = this.jars.get(origin) ?? new Map<string, string>();
    this.jars.set(origin, known);
    return known;
  }
}
