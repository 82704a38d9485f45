import type { ReactNode } from 'react';

/** What a colour means, everywhere: done, under way, not begun, look at it, act. */
export type Tone = 'done' | 'busy' | 'idle' | 'watch' | 'bad';

const MARKS: Record<Tone, string> = { done: '✓', busy: '●', idle: '○', watch: '!', bad: '▲' };

/** A state in one word. The mark says it without the colour. */
export function Chip({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className={`chip chip-${tone}`}>
      <span aria-hidden="true">{MARKS[tone]}</span> {children}
    </span>
  );
}
