import type { Request } from 'express';

const LANGUAGES = ['en', 'ko'] as const;
/** In which a login speaks. */
export type Language = (typeof LANGUAGES)[number];

/** The language of ours that the browser prefers; English stands in for any other. */
export function languageOf(request: Request): Language {
  return (request.acceptsLanguages([...LANGUAGES]) || 'en') as Language;
}
