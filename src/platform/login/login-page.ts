import type { Request, Response } from 'express';
import { secondsToWait } from '../problems/retry-after.js';
import { SOON } from '../problems/problem.js';
import { type Language, languageOf } from './login-language.js';
import type { LoginFailure } from './login-provider.js';

const FAILURES: Readonly<Record<LoginFailure['status'], Readonly<Record<Language, string>>>> = {
  400: {
    en: 'This login took too long, or was begun in another window.',
    ko: '로그인 시간이 지났거나 다른 창에서 시작된 로그인입니다.',
  },
  403: {
    en: 'The login was cancelled or refused. You are not signed in.',
    ko: '로그인이 취소되었거나 거부되었습니다. 로그인되지 않았습니다.',
  },
  503: {
    en: 'The login service does not answer just now. Wait a few seconds and try again.',
    ko: '지금 로그인 서비스가 응답하지 않습니다. 몇 초 뒤에 다시 시도해 주세요.',
  },
};

const AGAIN: Readonly<Record<Language, string>> = { en: 'Sign in again', ko: '다시 로그인' };

/** A plain page, readable without style and script. @param body HTML */
export function htmlPage(language: Language, title: string, body: string): string {
  return (
    `<!doctype html>\n<html lang="${language}">\n<head>\n<meta charset="utf-8">\n` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n` +
    `<title>${escaped(title)}</title>\n</head>\n<body>\n<main>\n<h1>${escaped(title)}</h1>\n${body}\n</main>\n</body>\n</html>\n`
  );
}

/** A text as HTML shows it, in an attribute between quotation marks too. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Ends a response with a page that no cache stores. */
export function sendPage(response: Response, status: number, html: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  response.end(html);
}

/** Ends a response with a page that says why nobody is signed in, and leads back to the login. */
export function sendFailure(
  request: Request,
  response: Response,
  { status }: LoginFailure,
  loginUrl: string,
): void {
  const language = languageOf(request);
  const reason = FAILURES[status][language];
  response.vary('Accept-Language');
  if (status === 503) response.setHeader('Retry-After', String(secondsToWait(SOON)));
  const link = `<p><a href="${escaped(loginUrl)}">${AGAIN[language]}</a></p>`;
  sendPage(response, status, htmlPage(language, reason, link));
}
