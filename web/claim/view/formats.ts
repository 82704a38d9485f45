import type { Words } from '../words/words.js';

/** Numbers, amounts and times as people of a language write them; times are in the viewer's zone. */
export class Formats {
  private readonly language: string;

  constructor({ language }: Words) {
    this.language = language;
  }

  number(n: number): string {
    return n.toLocaleString(this.language);
  }

  /** @param minor an amount in minor units of the currency */
  money(minor: number, currency: string): string {
    const format = new Intl.NumberFormat(this.language, { style: 'currency', currency });
    const digits = format.resolvedOptions().maximumFractionDigits ?? 0;
    const major = minor / 10 ** digits;
    // Koreans write the unit of their own currency as a word.
    return this.language === 'ko' && currency === 'KRW' ? `${this.number(major)}원` : format.format(major);
  }

  seconds(ms: number): string {
    const seconds = Math.max(1, Math.ceil(ms / 1_000));
    return new Intl.NumberFormat(this.language, {
      style: 'unit',
      unit: 'second',
      unitDisplay: 'long',
    }).format(seconds);
  }

  /** Day and minute, with the zone; the year only where it is another one. @param time what `Date` takes */
  moment(time: string | number): string {
    const isThisYear = new Date(time).getFullYear() === new Date().getFullYear();
    const day = this.time(time, {
      ...(isThisYear ? {} : { year: 'numeric' }),
      ...{ month: 'long', day: 'numeric', weekday: 'short' },
    });
    const zone = this.language === 'ko' ? 'long' : 'short';
    return `${day}, ${this.time(time, { hour: 'numeric', minute: '2-digit', timeZoneName: zone })}`;
  }

  minute(time: string | number): string {
    return this.time(time, { hour: 'numeric', minute: '2-digit' });
  }

  second(time: string | number): string {
    return this.time(time, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
  }

  /** To the ms: who came first is a matter of ms. */
  exact(time: string | number): string {
    return this.time(time, {
      hour: 'numeric',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
    });
  }

  private time(time: string | number, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.language, options).format(new Date(time));
  }
}
