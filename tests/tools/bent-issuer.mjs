// Another OpenID Connect issuer that nobody of this project wrote, on loopback; it lets everybody in without asking.
// Prints its address once it listens. Usage: node bent-issuer.mjs NAME

import { OAuth2Server } from "oauth2-mock-server";

const server = new OAuth2Server();
await server.issuer.keys.generate("RS256");
server.service.on("beforeUserinfo", (userinfo) => {
  userinfo.body = { sub: "johndoe", name: process.argv[2], email: "john@example.org", email_verified: true };
});
await server.start(0, "127.0.0.1");
server.issuer.url = `http://127.0.0.1:${server.address().port}`;
console.log(server.issuer.url);
