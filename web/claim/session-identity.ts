import type { Identity } from './flow/identity.js';
import { retryDelay } from './flow/retry-delay.js';
import type { Who } from './flow/state.js';
import type { Session } from './service/answers.js';
import type { Service } from './service/service.js';

const MOST_TRIES = 6;
const NOBODY: Session = { user: null, loginUrl: null };

/** Who is signed in at the service itself, by a cookie that no script can read. */
export class SessionIdentity implements Identity {
  readonly byCookie = true;
  private service: Service | undefined;

  /** @param path of this page, to come back to after signing in */
  constructor(private readonly path: string) {}

  /** @param service whose session it is */
  askAt(service: Service): void {
    this.service = service;
  }

  headers(): Readonly<Record<string, string>> {
    return {};
  }

  async who(): Promise<Who> {
    const { user, loginUrl } = await this.session();
    return {
      signedIn: user !== null,
      name: user && (user.name ?? user.userId),
      endsAtMs: user && Date.parse(user.expiresAt),
      loginUrl: loginUrl && `${loginUrl}?returnTo=${encodeURIComponent(this.path)}`,
      canSignOut: user !== null,
    };
  }

  /** A service that is away for a moment must not look like a person who is signed out. */
  private async session(): Promise<Session> {
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      const answer = await this.service?.session();
      if (answer?.status === 200) return answer.body as unknown as Session;
      if (answer?.status === 404) break; // an installation without a login
      const waitMs = retryDelay(tries, answer?.retryAfterMs ?? null);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
    return NOBODY;
  }

  /** Only the person can, by signing in. */
  renew(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async signOut(): Promise<void> {
    await this.service?.logOut();
  }
}
