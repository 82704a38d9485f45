import { fillTemplate } from '../../../src/pages/template.js';

it('escapes what people chose, in text and in attributes', () => {
  const filled = fillTemplate('<p title="{{name}}">{{name}}</p>', { name: `"><script>'&` });
  expect(filled).toBe('<p title="&quot;&gt;&lt;script&gt;&#39;&amp;">&quot;&gt;&lt;script&gt;&#39;&amp;</p>');
});

it('fills what was filled in only once', () => {
  expect(fillTemplate('{{name}}', { name: '{{other}}{{#x}}', other: 'no' })).toBe('{{other}}{{#x}}');
});

it.each([
  ['text', 'a <b> c'],
  [true, 'a <b> c'],
  [null, 'a  c'],
  [false, 'a  c'],
  ['', 'a  c'],
])('shows a section for %p: %s', (value, text) => {
  expect(fillTemplate('a {{#x}}<b>{{/x}} c', { x: value })).toBe(text);
});

it('refuses a name that has no value', () => {
  expect(() => fillTemplate('{{nobody}}', {})).toThrow('nobody');
  expect(() => fillTemplate('{{#nobody}}{{/nobody}}', {})).toThrow('nobody');
});
