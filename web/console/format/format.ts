/** Numbers, money and times as one language and zone write them. Numbers always come with their unit. */
export class Format {
  private readonly counts: Intl.NumberFormat;
  private readonly fractions: Intl.NumberFormat;
  private readonly percents: Intl.NumberFormat;

  constructor(
    readonly language: string,
    /** IANA name; default: the viewer's. */
    readonly zone: string = Intl.DateTimeFormat().resolvedOptions().timeZone,
  ) {
    this.counts = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
    this.fractions = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
    this.percents = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  }

  count(value: number): string {
    return this.counts.format(value);
  }

  /** A rate or a time that may be below one: two digits that count, whole numbers from 10 on. */
  decimal(value: number): string {
    return value < 10 ? this.fractions.format(value) : this.counts.format(value);
  }

  percent(part: number, whole: number): string {
    return this.percents.format(whole > 0 ? part / whole : 0);
  }

  /** @param minor in minor units of the currency, as the API has amounts */
  money(minor: number, currency: string): string {
    const format = new Intl.NumberFormat(this.language, { style: 'currency', currency });
    return format.format(minor / 10 ** minorDigits(currency));
  }

  /** @param ms milliseconds, from 0 */
  duration(ms: number): string {
    const unit = (value: number, name: string): string =>
      new Intl.NumberFormat(this.language, {
        ...{ style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: value < 10 ? 1 : 0 },
      }).format(value);
    if (ms < 1_000) return unit(ms, 'millisecond');
    if (ms < 60_000) return unit(ms / 1_000, 'second');
    const minutes = Math.floor(ms / 60_000);
    if (minutes < 60)
      return `${unit(minutes, 'minute')} ${unit(Math.floor((ms % 60_000) / 1_000), 'second')}`;
    const hours = Math.floor(minutes / 60);
    if (hours < 48) return `${unit(hours, 'hour')} ${unit(minutes % 60, 'minute')}`;
    return unit(Math.floor(hours / 24), 'day');
  }

  /** 14:03:22 */
  clock(time: string | number): string {
    return this.date(time, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  }

  /** Date and time to the minute, with the zone: for schedules. */
  moment(time: string): string {
    return this.date(time, {
      ...{ year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' },
      ...{ hourCycle: 'h23', timeZoneName: 'short' },
    });
  }

  /** Date and time to the millisecond: where the order of people is told. */
  precise(time: string): string {
    return this.date(time, {
      ...{ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' },
      ...{ fractionalSecondDigits: 3, hourCycle: 'h23' },
    });
  }

  private date(time: string | number, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.language, { timeZone: this.zone, ...options }).format(new Date(time));
  }
}

/** How many digits the minor unit of a currency has: 0 for KRW, 2 for USD. Throws RangeError for what is none. */
export function minorDigits(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 0;
}

/** What somebody typed as an amount, in minor units; null when it is not such an amount. "1,000.50" -> 100050 */
export function minorUnits(typed: string, currency: string): number | null {
  const digits = minorDigits(currency);
  const match = /^([0-9]+)(?:[.]([0-9]+))?$/.exec(typed.trim().replaceAll(',', ''));
  if (!match) return null;
  const fraction = match[2] ?? '';
  if (fraction.length > digits) return null;
  return Number(`${match[1] ?? ''}${fraction.padEnd(digits, '0')}`);
}
