/**
 * The servers of DATABASE_URL, and the one that connections are made to: the first, until it can't be reached or takes
 * no writes, then the next in turn. Later connections stay with the one that was found.
 */
export class Hosts {
  private at = 0;

  /** @param urls one or more, each of one server */
  constructor(private readonly urls: readonly string[]) {}

  get count(): number {
    return this.urls.length;
  }

  /** The URL of the server to connect to. */
  get current(): string {
    return this.urls[this.at] ?? '';
  }

  /** `url` can't be used. If several callers find that out at once, only the first moves on. */
  moveOn(url: string): void {
    if (url === this.current) this.at = (this.at + 1) % this.urls.length;
  }
}
