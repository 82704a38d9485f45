import type { ReceiptWords } from './words.js';

export const en: ReceiptWords = {
  title: 'Your receipt',
  place: (arrivalNo) => `It proves that you came as number ${arrivalNo}. Save it: nobody can deny it later.`,
  soldOut:
    'It proves that you were told “sold out”. Save it: if more get in than places become free, it shows.',
  notYet: 'Not in the public record yet. That takes a minute or two.',
  recorded: (place) => `In the public record at place ${place}.`,
  save: 'Save the receipt',
  proof: 'Get the public record',
  check: 'checking page',
  how: (page) => ['Open both files on the ', page, ' and see for yourself.'],
};
