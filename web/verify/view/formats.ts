/** Numbers and times as people of a language write them. */
export class Formats {
  private readonly numbers: Intl.NumberFormat;
  private readonly shares: Intl.NumberFormat;
  private readonly durations: Intl.NumberFormat;
  private readonly times: Intl.DateTimeFormat;

  constructor(language: string) {
    this.numbers = new Intl.NumberFormat(language);
    this.shares = new Intl.NumberFormat(language, { style: 'percent' });
    this.durations = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
    this.times = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long' });
  }

  readonly number = (n: number): string => this.numbers.format(n);
  readonly share = (part: number): string => this.shares.format(part);
  readonly seconds = (ms: number): string => this.durations.format(ms / 1000);
  readonly time = (ms: number): string => this.times.format(ms);
}
