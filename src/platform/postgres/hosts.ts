/**
 * The servers of DATABASE_URL, and which of them connections are made to: the first, until it can't be reached or takes no
 * writes, then the next in turn. Whoever connects stays with the one that was found.
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

  /** `url` would not do. Of several who find that out at once, the first moves on. */
  moveOn(url: string): void {
    if (url === this.current) this.at = (this.at + 1) % this.urls.length;
  }
}
