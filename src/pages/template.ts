/** What a template is filled with. A section is shown unless its value is null, false, empty or missing. */
export type Values = Readonly<Record<string, string | boolean | null>>;

const SECTION = /\{\{#(\w+)\}\}([^]*?)\{\{\/\1\}\}/g;
const VALUE = /\{\{(\w+)\}\}/g;

/**
 * Fills HTML that `npm run build` has made: `{{name}}` becomes the value, escaped for text and quoted attributes, and
 * `{{#name}}…{{/name}}` stays only if there is one. Sections do not nest.
 * @throws Error for a name that has no value: the page would show its own template
 */
export function fillTemplate(template: string, values: Values): string {
  const known = (name: string): string | boolean | null => {
    const value = values[name];
    if (value === undefined) throw new Error(`The template names {{${name}}}, which has no value.`);
    return value;
  };
  return template
    .replace(SECTION, (_, name: string, inside: string) => (known(name) ? inside : ''))
    .replace(VALUE, (_, name: string) => escapeHtml(String(known(name) ?? '')));
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
