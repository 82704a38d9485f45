import type { Environment } from './environment.js';

/** What is wrong with the settings of the log taken together, each as a sentence that names variables, never values. */
export function complaintsAboutTheLog(environment: Environment): string[] {
  const { TRANSPARENCY_KEY, TRANSPARENCY_VERIFIER, TRANSPARENCY_WITNESSES, TRANSPARENCY_QUORUM } =
    environment;
  const { TRANSPARENCY_RECEIPT_KEY, TRANSPARENCY_RECEIPT_VERIFIER, TRANSPARENCY_CHECKPOINT_FILE } =
    environment;
  const complaints: string[] = [];
  if (TRANSPARENCY_KEY !== undefined && TRANSPARENCY_RECEIPT_VERIFIER === undefined)
    complaints.push('TRANSPARENCY_RECEIPT_VERIFIER must be set with TRANSPARENCY_KEY');
  if (TRANSPARENCY_KEY !== undefined && TRANSPARENCY_CHECKPOINT_FILE === undefined)
    complaints.push('TRANSPARENCY_CHECKPOINT_FILE must be set with TRANSPARENCY_KEY');
  const origin = nameOf(TRANSPARENCY_VERIFIER ?? TRANSPARENCY_KEY?.replace(/^PRIVATE\+KEY\+/, ''));
  if (origin === undefined) {
    if (TRANSPARENCY_WITNESSES !== undefined)
      complaints.push(
        'TRANSPARENCY_WITNESSES must not be set without TRANSPARENCY_KEY or TRANSPARENCY_VERIFIER',
      );
    return complaints;
  }
  const receipts = {
    TRANSPARENCY_RECEIPT_KEY: TRANSPARENCY_RECEIPT_KEY?.replace(/^PRIVATE\+KEY\+/, ''),
    TRANSPARENCY_RECEIPT_VERIFIER,
  };
  for (const [name, key] of Object.entries(receipts))
    if (key !== undefined && nameOf(key) !== `${origin}/receipts`)
      complaints.push(`${name} must have the name of the log's key, followed by /receipts`);
  const witnesses = TRANSPARENCY_WITNESSES?.split(',').length ?? 0;
  if (TRANSPARENCY_QUORUM > witnesses)
    complaints.push('TRANSPARENCY_QUORUM must not be more than the witnesses in TRANSPARENCY_WITNESSES');
  return complaints;
}

function nameOf(key: string | undefined): string | undefined {
  return key?.split('+')[0];
}
