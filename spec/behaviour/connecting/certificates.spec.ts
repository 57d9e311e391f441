import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { ConnectionError, Database, type DatabaseOptions, fields, manager, Model, QueryTimeoutError } from "dunder-orm";
import { type Certificate, makeCertificate } from "../../support/servers/certificate.js";
import { startMariadb } from "../../support/servers/mariadb.js";
import { startPostgres } from "../../support/servers/postgres.js";
import type { StartedServer } from "../../support/servers/started-server.js";

class Note extends Model("note", { id: fields.integer({ primaryKey: true }), text: fields.text() }) {
  static objects = manager(this);
}

const authority = makeCertificate("Authority", {});
const HOSTS = ["localhost", "127.0.0.1"];
const certificates = {
  good: makeCertificate("server", { hosts: HOSTS, by: authority }),
  selfSigned: makeCertificate("self", { hosts: HOSTS }),
  expired: makeCertificate("expired", { hosts: HOSTS, by: authority, expired: true }),
  forAnother: makeCertificate("another", { hosts: ["db.example.com", "10.1.2.3"], by: authority }),
  forName: makeCertificate("name", { hosts: ["localhost"], by: authority }),
  forAddress: makeCertificate("address", { hosts: ["127.0.0.1"], by: authority }),
};

interface Server {
  readonly name: string;
  readonly start: typeof startPostgres;
  readonly skipped: boolean;
  /** What is put behind a URL to have the certificate checked. */
  readonly checked: string;
  readonly unchecked: RegExp;
  /** What the driver calls all that is wrong with one; else it is called as Node.js does. */
  readonly code?: string;
  readonly reload: ReturnType<typeof sql>;
  /** Gives the name of the cipher where the session is encrypted. */
  readonly cipher: ReturnType<typeof sql<{ cipher: string | null }>>;
  readonly sleep: ReturnType<typeof sql>;
}

const servers: readonly Server[] = [
  {
    name: "PostgreSQL",
    start: startPostgres,
    skipped: inject("postgresUrl") === null,
    checked: "?sslmode=verify-full",
    unchecked: /leave it unchecked: sslmode=no-verify in the URL\.$/,
    reload: sql`select pg_reload_conf()`,
    cipher: sql`select cipher from pg_stat_ssl where pid = pg_backend_pid()`,
    sleep: sql`select pg_sleep(20)`,
  },
  {
    name: "MariaDB",
    start: startMariadb,
    skipped: inject("mysqlUrl") === null,
    checked: "?ssl=true",
    code: "HANDSHAKE_SSL_ERROR",
    unchecked: /leave it unchecked: driverOptions: \{ ssl: \{ rejectUnauthorized: false \} \} in a configuration\.$/,
    reload: sql`flush ssl`,
    cipher: sql`select nullif(variable_value, '') as cipher from information_schema.session_status
      where variable_name = 'Ssl_cipher'`,
    sleep: sql`select sleep(20)`,
  },
];

for (const { name, start, skipped, checked, unchecked, code: codeOfAll, reload, cipher, sleep } of servers) {
  describe.skipIf(skipped)(`The certificate of a ${name} server`, () => {
    let server: StartedServer;
    let plain: Database;
    beforeAll(async () => {
      server = await start({ certificate: certificates.good });
      plain = new Database(server.url);
      await plain.createTables([Note]);
    });
    afterAll(async () => {
      await plain?.close();
      await server?.stop();
    });

    const urlFor = (host: string): URL => Object.assign(new URL(server.url), { hostname: host });

    /** A configuration that has the certificate checked against an authority of one's own, or not checked. */
    const configured = (host: string, ssl: object): ConstructorParameters<typeof Database>[0] => {
      const { protocol, port, username, password, pathname } = urlFor(host);
      const account = { user: username, ...(password !== "" && { password }) };
      return {
        ...{ scheme: protocol.slice(0, -1), host, port: Number(port), database: pathname.slice(1), ...account },
        driverOptions: { ssl },
      };
    };

    async function connecting(
      config: ConstructorParameters<typeof Database>[0],
      options: DatabaseOptions = {},
    ): Promise<string | null> {
      await using db = new Database(config, options);
      return ((await db.execute(cipher))[0] as { cipher: string | null }).cipher;
    }

    /** Has the server show another certificate from now on: to those who come when its main process has read it. */
    async function present(certificate: Certificate): Promise<void> {
      server.present(certificate);
      await plain.execute(reload);
    }

    async function failure(config: ConstructorParameters<typeof Database>[0]): Promise<unknown> {
      return connecting(config).then(
        (found) => `connected by ${found}`,
        (error: unknown) => error,
      );
    }

    /** One class, what is wrong with it, where, and both ways out. */
    async function refused(
      config: ConstructorParameters<typeof Database>[0],
      code: string,
      says: RegExp,
    ): Promise<void> {
      await expect.poll(async () => String(await failure(config)), { timeout: 20_000 }).toMatch(says);
      const error = (await failure(config)) as ConnectionError;
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error.message).toMatch(
        /^The TLS certificate of (PostgreSQL|MySQL|MariaDB) at [\w.]+:\d+ is not trusted: /,
      );
      expect(error.message).toMatch(unchecked);
      expect(error.message).toContain("NODE_EXTRA_CA_CERTS");
      expect(error.code).toBe(codeOfAll ?? code);
      expect(error.cause).toBeInstanceOf(Error);
      expect(error.message).not.toContain("secret");
    }

    const ca = { ca: authority.certificate };

    it("is enough when its authority is known, by each of its names", async () => {
      await present(certificates.good);
      for (const host of HOSTS) {
        await expect.poll(() => connecting(configured(host, ca)), { timeout: 20_000 }).toMatch(/\w/);
      }
      expect(await connecting(server.url)).toBeNull();
    });

    it("is not when nobody knows its authority, unless it is not to be checked", async () => {
      await present(certificates.good);
      for (const host of HOSTS) {
        await refused(
          `${urlFor(host).href}${checked}`,
          "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
          /unable to verify the first/,
        );
      }
      expect(await connecting(configured("localhost", { rejectUnauthorized: false }))).toMatch(/\w/);
    });

    it("is not when it is signed by itself", async () => {
      await present(certificates.selfSigned);
      await refused(`${urlFor("localhost").href}${checked}`, "DEPTH_ZERO_SELF_SIGNED_CERT", /self-signed certificate/);
      expect(await connecting(configured("localhost", { ca: certificates.selfSigned.certificate }))).toMatch(/\w/);
    });

    it("is not when its time is over", async () => {
      await present(certificates.expired);
      await refused(configured("localhost", ca), "CERT_HAS_EXPIRED", /certificate has expired/);
    });

    it("is not when it is for another name, or another address", async () => {
      await present(certificates.forAnother);
      for (const host of HOSTS) {
        await refused(configured(host, ca), "ERR_TLS_CERT_ALTNAME_INVALID", /does not match certificate's altnames/);
      }
      await present(certificates.forName);
      const byAddress = configured("127.0.0.1", ca);
      await refused(byAddress, "ERR_TLS_CERT_ALTNAME_INVALID", /IP: 127\.0\.0\.1 is not in the cert's list/);
      expect(await connecting(configured("localhost", ca))).toMatch(/\w/);
      await present(certificates.forAddress);
      await refused(
        configured("localhost", ca),
        "ERR_TLS_CERT_ALTNAME_INVALID",
        /Host: localhost\. is not cert's CN: address/,
      );
      expect(await connecting(byAddress)).toMatch(/\w/);
    });

    it("is checked for those, too, who have a statement stopped", async () => {
      await present(certificates.good);
      const open = (): Promise<string | null> => connecting(configured("localhost", ca));
      await expect.poll(open, { timeout: 20_000 }).toMatch(/\w/);
      await using db = new Database(configured("localhost", ca), { pool: { max: 1 } });
      await Note.objects.using(db).count();
      await expect(db.execute(sleep, { timeout: 100 })).rejects.toBeInstanceOf(QueryTimeoutError);
      expect(await Note.objects.using(db).count()).toBe(0);
    });
  });
}
