/** An amount of a currency in its minor units: 10 KRW are `{ minorUnits: 10n, currency: 'KRW' }`. */
export interface Money {
  readonly minorUnits: bigint;
  /** ISO 4217, upper case. */
  readonly currency: string;
}
