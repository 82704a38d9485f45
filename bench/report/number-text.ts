import type { Spread } from './statistics.js';

/** About three significant digits; more would be noise. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toLocaleString('en', {
    minimumFractionDigits: Math.min(digits, 3),
    maximumFractionDigits: Math.min(digits, 3),
  });
}

export function spreadText({ median, min, max }: Spread): string {
  return `${numberText(median)} (${numberText(min)}–${numberText(max)})`;
}
