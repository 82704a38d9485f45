import { OPERATOR_SCOPES } from '../config/scopes-by-claim.js';
import { isUserId } from '../identity/user-id.js';
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

/** Lets whoever comes choose a user id. For development: the configuration keeps it away from everything else. */
export class DevelopmentClaimantLogin implements LoginProvider {
  start({ state }: LoginAttempt, callback: URL): Promise<LoginStep> {
    const fields = `
<p><label>User id <input name="userId" value="42" inputmode="numeric" pattern="[1-9][0-9]{0,18}" required></label></p>
<p><label>Name <input name="name" maxlength="${NAME_LENGTH}"></label></p>`;
    return Promise.resolve({ page: formPage('Sign in as a user', callback, state, fields) });
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
  start({ state }: LoginAttempt, callback: URL): Promise<LoginStep> {
    const boxes = OPERATOR_SCOPES.map(
      (scope) =>
        `<p><label><input type="checkbox" name="scope" value="${scope}"${
          scope === 'grants:admin' ? ' checked' : ''
        }> ${scope}</label></p>`,
    );
    const fields = `
<p><label>Operator <input name="operator" value="operator" maxlength="${NAME_LENGTH}" required></label></p>
<fieldset><legend>May do</legend>
${boxes.join('\n')}
</fieldset>`;
    return Promise.resolve({ page: formPage('Sign in as an operator', callback, state, fields) });
  }

  async finish(attempt: LoginAttempt, arrived: URL): Promise<SignedIn> {
    const { text } = answerTo(attempt, arrived);
    const operator = text('operator').slice(0, NAME_LENGTH);
    if (operator === '') throw new LoginFailure(400);
    const scopes = arrived.searchParams.getAll('scope');
    return Promise.resolve({ issuer: DEVELOPMENT, subject: operator, name: operator, claims: { scopes } });
  }
}

function formPage(title: string, callback: URL, state: string, fields: string): string {
  const form = `<p>This is the development login: it asks for no password.</p>
<form method="get" action="${escaped(callback.pathname)}">
<input type="hidden" name="state" value="${escaped(state)}">${fields}
<p><button>Sign in</button></p>
</form>`;
  return htmlPage('en', title, form);
}

/** @throws LoginFailure 400 if the form was not made for this attempt */
function answerTo({ state }: LoginAttempt, { searchParams }: URL) {
  if (searchParams.get('state') !== state) throw new LoginFailure(400);
  const text = (field: string): string => searchParams.get(field)?.trim() ?? '';
  return { text, name: text('name').slice(0, NAME_LENGTH) || null };
}
