import { preferredLanguage, writeMoney, writeTime } from '../../../src/pages/languages.js';

describe('the language of a page', () => {
  it.each([
    ['ko', 'ko'],
    ['ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7', 'ko'],
    ['en-US,en;q=0.9,ko;q=0.8', 'en'],
    ['fr-FR, ko;q=0.1', 'ko'],
    ['ko;q=0, en', 'en'],
    ['de', 'en'],
    ['*', 'en'],
    ['', 'en'],
    [';;;q=,,q=9', 'en'],
    [undefined, 'en'],
  ])('for %p is %s', (accepted, language) => {
    expect(preferredLanguage(accepted)).toBe(language);
  });
});

describe('an amount', () => {
  it.each([
    [1_000, 'KRW', 'ko', '1,000원'],
    [1_000, 'KRW', 'en', '₩1,000'],
    [1_050, 'USD', 'en', '$10.50'],
    [1_050, 'USD', 'ko', 'US$10.50'],
    [1_234, 'KWD', 'en', 'KWD\u00a01.234'],
  ] as const)('%i %s (%s) is written %s', (minor, currency, language, text) => {
    expect(writeMoney(minor, currency, language)).toBe(text);
  });
});

it.each([
  // The words around them differ between releases of ICU.
  ['ko', /^2026년 12월 1일.* 10:00 .*표준시$/],
  ['en', /^Tue, December 1, 2026, 1:00.AM UTC$/],
] as const)('a time names its zone (%s)', (language, text) => {
  expect(writeTime(new Date('2026-12-01T01:00:00Z'), language)).toMatch(text);
});
