import { readList } from '../../../web/console/campaigns/eligible-list.js';

describe('a file that says who may claim', () => {
  it.each([
    ['one id a line', '42\n43\n', ['42', '43']],
    ['lines of Windows, blank ones, and spaces', '42\r\n\r\n 43 \r\n', ['42', '43']],
    ['CSV with a heading', '\uFEFFuserId,name\n"42","Kim, A."\n43,Lee', ['42', '43']],
    ['the largest id', '9223372036854775807', ['9223372036854775807']],
  ])('%s', (_, text, userIds) => {
    expect(readList(text)).toEqual({ kind: 'list', userIds });
  });

  it('may name nobody', () => {
    expect(readList('userId\n\n')).toEqual({ kind: 'empty' });
  });

  it.each([
    ['a word among ids', '42\nKim\n43', 2],
    ['an id with leading zeros', '042', 1],
    ['an id beyond the largest', '1\n9223372036854775808', 2],
    ['a fraction', '1.5', 1],
  ])('%s is refused, by its line', (_, text, line) => {
    expect(readList(text)).toEqual({ kind: 'wrong', line });
  });
});
