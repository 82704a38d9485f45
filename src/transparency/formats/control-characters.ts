const FIRST_PRINTABLE = 0x20;
const DELETE = 0x7f;

/**
 * Whether a text has a control character of ASCII.
 * @param allowed the one that it may have
 */
export function hasControlCharacter(text: string, allowed: '\t' | '\n'): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < FIRST_PRINTABLE || code === DELETE) && text[i] !== allowed) return true;
  }
  return false;
}
