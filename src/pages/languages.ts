/** The languages of the pages; English stands in for any other. */
export const LANGUAGES = ['ko', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Times on a page without script are in one zone, which they name as people of the language know it. */
const ZONES = {
  // 24 hours: some releases of ICU write AM where Koreans write 오전.
  ko: { timeZone: 'Asia/Seoul', timeZoneName: 'long', hourCycle: 'h23' },
  en: { timeZone: 'UTC', timeZoneName: 'short' },
} as const satisfies Record<Language, Intl.DateTimeFormatOptions>;

/**
 * The language that a browser prefers among ours.
 * @param accepted Accept-Language (RFC 9110, 12.5.4)
 */
export function preferredLanguage(accepted: string | undefined): Language {
  const wishes = (accepted ?? '').split(',').map((wish) => {
    const [tag = '', ...parameters] = wish.trim().toLowerCase().split(';');
    const q = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
    return { language: LANGUAGES.find((ours) => tag.trim().split('-')[0] === ours), q: Number(q ?? 1) };
  });
  const best = wishes.reduce<(typeof wishes)[number] | null>(
    (chosen, wish) => (wish.language && wish.q > (chosen?.q ?? 0) ? wish : chosen),
    null,
  );
  return best?.language ?? 'en';
}

export function writeNumber(n: number, language: Language): string {
  return n.toLocaleString(language);
}

/** So many people, as they stand after “the first”: “the first person”, “the first 500 people”. */
export function writePeople(count: number, language: Language): string {
  if (language === 'ko') return `${writeNumber(count, language)}명`;
  return count === 1 ? 'person' : `${writeNumber(count, language)} people`;
}

/** @param minor an amount in minor units of the currency (ISO 4217) */
export function writeMoney(minor: number, currency: string, language: Language): string {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  const major = minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0);
  // Koreans write the unit of their own currency as a word.
  return language === 'ko' && currency === 'KRW' ? `${writeNumber(major, language)}원` : format.format(major);
}

/** Day and minute, with year and zone. */
export function writeTime(time: Date, language: Language): string {
  const { timeZone } = ZONES[language];
  const day = new Intl.DateTimeFormat(language, {
    ...{ year: 'numeric', month: 'long', day: 'numeric', weekday: 'short', timeZone },
  }).format(time);
  const minute = new Intl.DateTimeFormat(language, {
    ...{ hour: 'numeric', minute: '2-digit', ...ZONES[language] },
  }).format(time);
  return `${day}, ${minute}`;
}
