import type { components } from '../../../client/openapi.js';
import { useWords } from '../messages/language.tsx';
import { Chip } from '../parts/Chip.tsx';

type Page = components['schemas']['PayoutPage'];

/** What passes by itself; everything else wants a human. */
const PASSES: ReadonlySet<Page['heldUp'][number]> = new Set(['IN_DOUBT', 'FAILS_ALONE', 'PROVIDER_PAUSE']);

/** Why payouts of the campaign wait, each with what to do about it. */
export function HeldUp({ state, codes }: { readonly state: Page['state']; readonly codes: Page['heldUp'] }) {
  const { m } = useWords();
  if (codes.length === 0) {
    return (
      <p className="verdict verdict-good">
        <span aria-hidden="true">✓</span> {state === 'RUNNING' ? m.payouts.running : m.payouts.stopped}{' '}
        {m.payouts.nothingHeldUp}
      </p>
    );
  }
  const isBad = codes.some((code) => !PASSES.has(code));
  return (
    <section className={`verdict verdict-${isBad ? 'act' : 'watch'}`} aria-label={m.payouts.heldUp}>
      <ul>
        {codes.map((code) => (
          <li key={code}>
            <Chip tone={PASSES.has(code) ? 'watch' : 'bad'}>
              {PASSES.has(code) ? m.now.watch : m.now.act}
            </Chip>
            <p>{m.payouts.heldUpBy[code]}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
