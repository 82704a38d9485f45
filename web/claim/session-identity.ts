import type { Identity } from './flow/identity.js';
import type { Who } from './flow/state.js';
import type { Session } from './service/answers.js';
import type { Service } from './service/service.js';

const NOBODY: Session = { user: null, loginUrl: null };

/** Who is signed in at the service itself, by a cookie that no script can read. */
export class SessionIdentity implements Identity {
  readonly byCookie = true;
  #service: Service | undefined;

  /** @param path of this page, to come back to after signing in */
  constructor(private readonly path: string) {}

  /** @param service whose session it is */
  askAt(service: Service): void {
    this.#service = service;
  }

  headers(): Readonly<Record<string, string>> {
    return {};
  }

  /** A service that is away for a moment must not look like a person who is signed out. */
  async who(): Promise<Who | number> {
    const answer = await this.#service?.session();
    const isWithoutLogin = answer?.status === 404;
    if (answer?.status !== 200 && !isWithoutLogin) return answer?.retryAfterMs ?? 0;
    const { user, loginUrl } = isWithoutLogin ? NOBODY : (answer.body as unknown as Session);
    return {
      signedIn: user !== null,
      name: user && (user.name ?? user.userId),
      endsAtMs: user && Date.parse(user.expiresAt),
      loginUrl: loginUrl && `${loginUrl}?returnTo=${encodeURIComponent(this.path)}`,
      canSignOut: user !== null,
    };
  }

  /** Only the person can, by signing in. */
  renew(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async signOut(): Promise<void> {
    await this.#service?.logOut();
  }
}
