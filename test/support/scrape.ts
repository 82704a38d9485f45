import type { RunningApp } from './world.js';

/** A scrape of `/metrics`. */
export class Scrape {
  private constructor(private readonly samples: ReadonlyMap<string, number>) {}

  static async of(app: RunningApp): Promise<Scrape> {
    const { status, text } = await app.http.get('/metrics');
    expect(status).toBe(200);
    const samples = text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line): [string, number] => {
        const cut = line.lastIndexOf(' ');
        return [line.slice(0, cut), Number(line.slice(cut + 1))];
      });
    return new Scrape(new Map(samples));
  }

  /** The sum over all samples with this name and these labels; undefined when there is none. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const found = [...this.samples].filter(
      ([sample]) =>
        (sample === name || sample.startsWith(`${name}{`)) && wanted.every((pair) => sample.includes(pair)),
    );
    return found.length === 0 ? undefined : found.reduce((sum, [, value]) => sum + value, 0);
  }
}
