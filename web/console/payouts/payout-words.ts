import type { Messages } from '../messages/en.js';

const STATUS = /^status-(\d+)$/;

/** What the service notes of a payout, in the viewer's words; what operators and providers wrote stays as it is. */
export function troubleWords(noted: string, m: Messages): string {
  for (const words of [m.failure, m.trouble]) if (Object.hasOwn(words, noted)) return words[noted] ?? noted;
  const [, status] = STATUS.exec(noted) ?? [];
  return status === undefined ? noted : m.troubleStatus(status);
}

/** The state of a payout in our books, or of a transfer in the provider's, which writes it small. */
export function stateWords(state: string, m: Messages): string {
  const words: Readonly<Record<string, string>> = { ...m.payouts.state, PENDING: m.reconciliation.pending };
  const code = state.toUpperCase();
  return Object.hasOwn(words, code) ? (words[code] ?? state) : state;
}

/** A transfer of the provider: `<id> <state>`. */
export function transferWords(transfer: string, m: Messages): string {
  const cut = transfer.lastIndexOf(' ');
  return `${transfer.slice(0, cut + 1)}${stateWords(transfer.slice(cut + 1), m)}`;
}
