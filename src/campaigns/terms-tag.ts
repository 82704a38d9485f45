import type { CampaignTerms } from './campaign-terms.dto.js';

/** The header of answers, as the OpenAPI document describes it. */
export const TERMS_TAG = {
  ETag: { description: 'the `revision`, in quotes: for If-Match', schema: { type: 'string' } },
} as const;

/** The ETag by which a change names the terms that it is meant for. It does not tell whether counts have changed. */
export function tagOfTerms({ revision }: Pick<CampaignTerms, 'revision'>): string {
  return `"${revision}"`;
}
