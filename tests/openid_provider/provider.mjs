// An OpenID Connect provider on loopback, with the clients and people that the tests know. Prints its issuer when it listens.
// node provider.mjs REDIRECT_URI
import { createServer } from "node:http";
import Provider from "oidc-provider";

const people = {
  claire: { name: "Claire Martin", preferred_username: "claire", groups: ["urgences-medecins", "autres"] },
  marc: { name: "Marc Petit", preferred_username: "marc", groups: ["lits", "direction"] },
  visitor: { name: "Sans Rôle", preferred_username: "visitor", groups: ["cafeteria"] },
  hostile: { name: "<script>alert(1)</script>", preferred_username: "../admin\"><b>", groups: ["lits"] },
};

const client = (client_id) => ({
  client_id,
  client_secret: `secret of ${client_id} & co`,
  redirect_uris: [process.argv[2]],
});

const server = createServer().listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [client("cognoscope"), client("another")],
    claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups"], email: ["email"] },
    pkce: { required: () => true },
    cookies: { keys: ["only for tests"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
