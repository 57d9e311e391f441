import { expect, test } from "vitest";
import { untrusted } from "../../../lib/databases/network-errors.js";
import { ConnectionError } from "../../../lib/errors/index.js";

const target = { label: "PostgreSQL", address: "db:5432", user: "ann", database: "music" };
const tls = { off: "sslmode=disable", unchecked: "sslmode=no-verify in the URL" };

test.each([
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate"],
  ["CERT_HAS_EXPIRED", "certificate has expired"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP does not match certificate's altnames: Host: db."],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "unable to get local issuer certificate"],
  ["HANDSHAKE_SSL_ERROR", "self-signed certificate in certificate chain"],
])("a certificate that is not trusted says what to do about it: %s", (code, message) => {
  const cause = Object.assign(new Error(message), { code });
  const error = untrusted(cause, target, tls);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ cause, code });
  expect(error!.message).toContain(`of PostgreSQL at db:5432 is not trusted: ${message}`);
  expect(error!.message).toMatch(/NODE_EXTRA_CA_CERTS.*sslmode=no-verify in the URL\.$/);
});

test("what is about something else is left alone", () => {
  expect(untrusted(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }), target, tls)).toBeNull();
});
