/** What a clock on the wall in this zone shows at this instant, as `<input type="datetime-local">` writes it. */
export function wallTime(instant: string, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  }).formatToParts(new Date(instant));
  const at = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((part) => part.type === type)?.value ?? '';
  return `${at('year')}-${at('month')}-${at('day')}T${at('hour')}:${at('minute')}:${at('second')}`;
}

/**
 * The instant at which clocks in this zone show this time: the first one, where clocks that are set back show it
 * twice. Null where it is never shown, because the clocks are set forward over it, and for what is no time.
 *
 * @param wall `2026-12-01T18:00` or with seconds
 */
export function instantOf(wall: string, zone: string): string | null {
  const asUtc = Date.parse(`${wall}Z`);
  if (Number.isNaN(asUtc)) return null;
  // No zone is more than a day from UTC: one of the offsets that hold around this time is the right one.
  const around = [asUtc - DAY_MS, asUtc + DAY_MS].map((time) => offset(time, zone));
  const found = around
    .map((ahead) => asUtc - ahead)
    .filter((time) => time + offset(time, zone) === asUtc)
    .sort((a, b) => a - b)[0];
  return found === undefined ? null : new Date(found).toISOString();
}

const DAY_MS = 86_400_000;

/** How far ahead of UTC clocks of this zone are, in milliseconds. */
function offset(time: number, zone: string): number {
  const whole = Math.floor(time / 1_000) * 1_000;
  return Date.parse(`${wallTime(new Date(whole).toISOString(), zone)}Z`) - whole;
}
