// An OpenID Connect issuer that nobody of this project wrote, on loopback. Prints its address once it listens.
// Usage: node issuer.mjs CLIENT_ID CLIENT_SECRET REDIRECT_URI [HOST CERTIFICATE KEY [OPENER_POLICY]]
// With a host it speaks HTTPS under that name, and its pages may send a Cross-Origin-Opener-Policy.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import Provider from "oidc-provider";

const [clientId, clientSecret, redirectUri, host, certificate, key, openerPolicy] = process.argv.slice(2);
const server = host ? createSecureServer({ cert: readFileSync(certificate), key: readFileSync(key) }) : createServer();
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  const issuer = host ? `https://${host}:${port}` : `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    pkce: { required: () => true },
    claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"] },
    cookies: { keys: ["only for tests"] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: `Person ${id}`, email: `${id}@example.org`, email_verified: true }),
    }),
    // Asks for consent each time, so that nobody who is signed in here passes through unseen.
    loadExistingGrant: ({ oidc }) => oidc.result?.consent && oidc.provider.Grant.find(oidc.result.consent.grantId),
  });
  const answer = provider.callback();
  server.on("request", (request, response) => {
    response.setHeader("Content-Security-Policy", "style-src 'unsafe-inline'"); // its pages would load a font from elsewhere
    if (openerPolicy) response.setHeader("Cross-Origin-Opener-Policy", openerPolicy);
    answer(request, response);
  });
  console.log(issuer);
});
