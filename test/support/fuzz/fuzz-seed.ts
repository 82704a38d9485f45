/** The same on every run, unless FUZZ_SEED says otherwise. */
export const FUZZ_SEED = Number(process.env.FUZZ_SEED ?? 20_261_122);

/** Multiplies the number of cases: 10 is a run ten times as long. */
export const FUZZ_SCALE = Number(process.env.FUZZ_SCALE ?? 1);
