import { OPERATOR_SCOPES } from '../config/scopes-by-claim.js';
import { isUserId } from '../identity/user-id.js';
import type { Language } from './login-language.js';
import { escaped, htmlPage } from './login-page.js';
import {
  type LoginAttempt,
  LoginFailure,
  type LoginProvider,
  type LoginStep,
  type SignedIn,
} from './login-provider.js';

/** Who names people here; no provider can have this name. */
export const DEVELOPMENT = 'development';

const NAME_LENGTH = 100;

const WORDS = {
  en: {
    asUser: 'Sign in as a user',
    asOperator: 'Sign in as an operator',
    noPassword: 'This is the development login: it asks for no password.',
    ...{ userId: 'User id', name: 'Name', operator: 'Operator', may: 'May do', signIn: 'Sign in' },
  },
  ko: {
    asUser: '사용자로 로그인',
    asOperator: '운영자로 로그인',
    noPassword: '개발용 로그인이라 비밀번호를 묻지 않아요.',
    ...{ userId: '사용자 번호', name: '이름', operator: '운영자', may: '권한', signIn: '로그인' },
  },
} as const satisfies Record<Language, Record<string, string>>;

/** Lets whoever comes choose a user id. For development: the configuration keeps it away from everything else. */
export class DevelopmentClaimantLogin implements LoginProvider {
  start({ state }: LoginAttempt, callback: URL, language: Language): Promise<LoginStep> {
    const words = WORDS[language];
    const fields = `
<p><label>${words.userId} <input name="userId" value="42" inputmode="numeric" pattern="[1-9][0-9]{0,18}" required></label></p>
<p><label>${words.name} <input name="name" maxlength="${NAME_LENGTH}"></label></p>`;
    return Promise.resolve({ page: formPage(language, words.asUser, callback, state, fields) });
  }

  async finish(attempt: LoginAttempt, arrived: URL): Promise<SignedIn> {
    const { name, text } = answerTo(attempt, arrived);
    const userId = text('userId');
    if (!isUserId(userId)) throw new LoginFailure(400);
    return Promise.resolve({ issuer: DEVELOPMENT, subject: userId, name, claims: {} });
  }
}

/** Lets whoever comes choose to be an operator with any scopes. */
export class DevelopmentOperatorLogin implements LoginProvider {
  start({ state }: LoginAttempt, callback: URL, language: Language): Promise<LoginStep> {
    const words = WORDS[language];
    const boxes = OPERATOR_SCOPES.map(
      (scope) =>
        `<p><label><input type="checkbox" name="scope" value="${scope}"${
          scope === 'grants:admin' ? ' checked' : ''
        }> ${scope}</label></p>`,
    );
    const fields = `
<p><label>${words.operator} <input name="operator" value="operator" maxlength="${NAME_LENGTH}" required></label></p>
<fieldset><legend>${words.may}</legend>
${boxes.join('\n')}
</fieldset>`;
    return Promise.resolve({ page: formPage(language, words.asOperator, callback, state, fields) });
  }

  async finish(attempt: LoginAttempt, arrived: URL): Promise<SignedIn> {
    const { text } = answerTo(attempt, arrived);
    const operator = text('operator').slice(0, NAME_LENGTH);
    if (operator === '') throw new LoginFailure(400);
    const scopes = arrived.searchParams.getAll('scope');
    return Promise.resolve({ issuer: DEVELOPMENT, subject: operator, name: operator, claims: { scopes } });
  }
}

function formPage(language: Language, title: string, callback: URL, state: string, fields: string): string {
  const { noPassword, signIn } = WORDS[language];
  const form = `<p>${noPassword}</p>
<form method="get" action="${escaped(callback.pathname)}">
<input type="hidden" name="state" value="${escaped(state)}">${fields}
<p><button>${signIn}</button></p>
</form>`;
  return htmlPage(language, title, form);
}

/** @throws LoginFailure 400 if the form was not made for this attempt */
function answerTo({ state }: LoginAttempt, { searchParams }: URL) {
  if (searchParams.get('state') !== state) throw new LoginFailure(400);
  const text = (field: string): string => searchParams.get(field)?.trim() ?? '';
  return { text, name: text('name').slice(0, NAME_LENGTH) || null };
}
