import { createHash } from 'node:crypto';

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

/** The console: the same, and pictures that its style sheet carries. */
const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
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
 * The page that checks a proof: one file, whose script and style are allowed by their hashes. It loads and sends
 * nothing.
 * @param html as it was built
 */
export function verifyHeaders(html: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    `script-src ${hashOfInline('script', html)}`,
    `style-src ${hashOfInline('style', html)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { ...HTML, 'Content-Security-Policy': policy, 'Cache-Control': 'no-cache' };
}

function hashOfInline(tag: 'script' | 'style', html: string): string {
  const text = new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`).exec(html)?.[1] ?? '';
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/**
 * A shared cache answers the crowd: it asks us once in five seconds, answers from its copy meanwhile, and goes on while
 * we are away. What is urgent (whether it is open, what became of a claim) the script asks for itself.
 */
export const FACTS_KEPT = 'public, max-age=5, stale-while-revalidate=30, stale-if-error=600';

/** Hashed names: other bytes have another name. */
export const KEPT_FOR_EVER = 'public, max-age=31536000, immutable';

/** /embed.js and what it loads keep their names over releases. */
export const KEPT_FOR_MINUTES = 'public, max-age=300, stale-while-revalidate=3600';
