/** An array of numbers in Postgres' own form: the driver would quote each element, and numbers need no quotes. */
export function numberArray(numbers: readonly (number | string)[]): string {
  return `{${numbers.join()}}`;
}
