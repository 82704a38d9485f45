/**
 * The claim page, the landing page: scripts and styles of our own files only, nothing inline, no other host, no frame.
 * Signing in is a link, so no form is sent anywhere.
 */
const CLAIM_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The console: the same, but that its components add style elements (a press must not scroll, a list is measured). */
const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HTML = { 'Content-Type': 'text/html; charset=utf-8', 'X-Frame-Options': 'DENY' };

export const CLAIM_HTML = { ...HTML, 'Content-Security-Policy': CLAIM_POLICY };
export const CONSOLE_HTML = {
  ...HTML,
  'Content-Security-Policy': CONSOLE_POLICY,
  'Cache-Control': 'no-cache',
};

/**
 * A shared cache answers the crowd: it asks us once in five seconds, answers from its copy meanwhile, and goes on while
 * we are away. What is urgent (whether it is open, what became of a claim) the script asks for itself.
 */
export const FACTS_KEPT = 'public, max-age=5, stale-while-revalidate=30, stale-if-error=600';

/** Hashed names: other bytes have another name. */
export const KEPT_FOR_EVER = 'public, max-age=31536000, immutable';

/** /embed.js keeps its name over releases. */
export const KEPT_FOR_MINUTES = 'public, max-age=300, stale-while-revalidate=3600';
