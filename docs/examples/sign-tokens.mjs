// A partner's back end that signs tokens for its own users (docs/tokens.md, "Several issuers").   npm install jose
//   ISSUER=https://login.acme.example PORT=4100 node sign-tokens.mjs
// The service's JWT_ISSUERS lists ISSUER, and http(s)://…/jwks.json as its key set.
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createServer } from 'node:http';

const issuer = process.env.ISSUER ?? 'https://login.acme.example';

// A real one keeps its private key, so that tokens outlive a restart; a new key gets a new `kid` and both are served.
const kid = '2026-11';
const { publicKey, privateKey } = await generateKeyPair('ES256');
const keySet = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }] });

/** @param user the partner's own id of somebody who is signed in at the partner, for ever the same */
function tokenFor(user) {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid })
    .setIssuer(issuer)
    .setAudience('seonchak')
    .setSubject(user)
    .setExpirationTime('10m')
    .sign(privateKey);
}

createServer(async (request, response) => {
  if (request.url === '/jwks.json') {
    response.setHeader('Content-Type', 'application/jwk-set+json').end(keySet);
    return;
  }
  const user = request.url === '/token' ? signedInUser(request) : undefined;
  if (user === undefined) response.writeHead(request.url === '/token' ? 401 : 404).end();
  else response.setHeader('Cache-Control', 'no-store').end(await tokenFor(user));
}).listen(Number(process.env.PORT ?? 4100), '127.0.0.1', () => console.log('Listening'));

/** Put the session of your own site here. A token must never be given for a name that the request just states. */
function signedInUser({ headers }) {
  return { 'session=of-kim': 'kim@acme', 'session=of-lee': 'lee@acme' }[headers.cookie];
}
