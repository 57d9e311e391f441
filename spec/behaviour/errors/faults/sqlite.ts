import { openSync, rmSync, writeFileSync, writeSync, closeSync, mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { Database } from "dunder-orm";
import { type Fault, NUMBER, Owner, Pet, SECRET, type Site } from "./site.js";

/** Runs something with the path of a file in a folder that is gone afterwards. */
async function withFile(work: (path: string) => Promise<unknown>): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "dunder-fault-"));
  try {
    return await work(join(folder, "file.sqlite"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function using(url: string, work: (db: Database) => Promise<unknown>): Promise<unknown> {
  const db = new Database(url);
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/** Runs something while another connection is in a transaction that has written. */
async function besideAWriter(site: Site, work: () => Promise<unknown>): Promise<unknown> {
  return site.db.atomic(async () => {
    await Owner.objects.filter({ id: 1 }).update({ age: 5 });
    return work();
  });
}

export const sqliteFaults: Fault[] = [
  {
    name: "a deferred foreign key at COMMIT",
    error: "ForeignKeyViolation",
    code: "SQLITE_CONSTRAINT_FOREIGNKEY",
    sql: false,
    says: /FOREIGN KEY constraint failed.*A row that is pointed at does not exist/,
    raise: ({ db }) =>
      db.atomic(async () => {
        await db.execute(sql`pragma defer_foreign_keys = on`);
        await Pet.objects.create({ id: 3, owner: NUMBER, tag: SECRET + "3" });
      }),
  },
  {
    name: "a file that another connection writes to",
    error: "LockNotAvailable",
    code: "SQLITE_BUSY",
    says: /locked.*busyTimeout/,
    raise: async (site) => {
      const other = site.open({}, (url) => url.searchParams.set("busyTimeout", "20"));
      await besideAWriter(site, () => Owner.objects.using(other).filter({ name: SECRET }).update({ age: 1 }));
    },
  },
  {
    name: "a transaction that cannot begin for another one's lock",
    error: "LockNotAvailable",
    code: "SQLITE_BUSY",
    sql: false,
    raise: async (site) => {
      const other = site.open({}, (url) => url.searchParams.set("busyTimeout", "20"));
      await besideAWriter(site, () => other.atomic(() => Owner.objects.using(other).count()));
    },
  },
  {
    name: "a snapshot too old to write from",
    error: "SerializationError",
    code: "SQLITE_BUSY_SNAPSHOT",
    says: /run the whole transaction again/,
    raise: async (site) => {
      const other = site.open();
      await other.kysely.connection().execute(async (kept) => {
        await sql`begin deferred`.execute(kept);
        await sql`select * from owner`.execute(kept);
        await Owner.objects.filter({ id: 1 }).update({ age: 7 });
        await sql`update owner set age = 8 where name = ${SECRET}`.execute(kept);
      });
    },
  },
  {
    name: "a file opened for reading only",
    error: "OperationalError",
    code: "SQLITE_READONLY",
    says: /read-only/,
    raise: (site) => {
      const readonly = site.open({}, (url) => url.searchParams.set("readonly", "true"));
      return Owner.objects.using(readonly).filter({ name: SECRET }).update({ age: 1 });
    },
  },
  {
    name: "a file that is no database",
    error: "ConnectionError",
    code: "SQLITE_NOTADB",
    sql: false,
    says: /is not a SQLite database\. Name another file, or one that does not exist yet/,
    raise: () =>
      withFile((path) => {
        writeFileSync(path, "Some text that is much longer than a header of a database would be.".repeat(40));
        return using(`sqlite:${path}`, (db) => Owner.objects.using(db).count());
      }),
  },
  {
    name: "a directory",
    error: "ConnectionError",
    code: "SQLITE_CANTOPEN",
    sql: false,
    says: /it is a directory/,
    raise: () => using(`sqlite:${tmpdir()}`, (db) => Owner.objects.using(db).count()),
  },
  {
    name: "a folder that is not there",
    error: "ConnectionError",
    sql: false,
    says: /does not exist\. Create it first/,
    raise: () =>
      using(`sqlite:${join(tmpdir(), "no-such-folder", "x.sqlite")}`, (db) => Owner.objects.using(db).count()),
  },
  {
    name: "a full disk",
    error: "OperationalError",
    code: "SQLITE_FULL",
    says: /full.*Free some space/,
    raise: () =>
      withFile((path) =>
        using(`sqlite:${path}`, async (db) => {
          await db.createTables([Owner]);
          await db.execute(sql`pragma max_page_count = 8`);
          const rows = Array.from({ length: 2000 }, (_, id) => ({ id, name: `${SECRET} ${id}` }));
          await Owner.objects.using(db).bulkCreate(rows);
        }),
      ),
  },
  {
    name: "a damaged file",
    error: "OperationalError",
    code: "SQLITE_CORRUPT",
    says: /malformed.*Restore the file from a backup/,
    raise: () =>
      withFile(async (path) => {
        await using(`sqlite:${path}`, async (db) => {
          await db.createTables([Owner]);
          await Owner.objects
            .using(db)
            .bulkCreate(Array.from({ length: 2000 }, (_, id) => ({ id: id + 1, name: `${SECRET} ${id}` })));
        });
        const file = openSync(path, "r+");
        writeSync(file, Buffer.alloc(statSync(path).size - 8192, 0xff), 0, undefined, 8192);
        closeSync(file);
        await using(`sqlite:${path}`, (db) => Owner.objects.using(db).filter({ name__contains: SECRET }).all());
      }),
  },
  {
    name: "an integer that no column can hold",
    error: "DataError",
    code: "SQLITE_ERROR",
    says: /integer overflow/,
    raise: ({ db }) => db.execute(sql`select abs(${-(2n ** 63n)})`),
  },
  {
    name: "text for an integer key",
    error: "DataError",
    code: "SQLITE_MISMATCH",
    says: /datatype mismatch/,
    raise: ({ db }) => db.execute(sql`insert into owner (id, name) values (${SECRET}, 'x')`),
  },
  {
    name: "malformed JSON",
    error: "DataError",
    says: /malformed JSON/,
    raise: ({ db }) => db.execute(sql`select json_extract(${`{${SECRET}`}, '$.a')`),
  },
  {
    name: "an expression too deep",
    error: "DatabaseError",
    says: /too large.*"in" lookup/,
    raise: ({ db }) => db.execute(sql.raw(`select ${Array.from({ length: 1100 }, () => "1").join(" + ")}`)),
  },
  {
    name: "too many columns",
    error: "DatabaseError",
    says: /too many columns.*Select fewer columns/,
    raise: ({ db }) => db.execute(sql.raw(`select ${Array.from({ length: 2001 }, () => "1").join(", ")}`)),
  },
];
