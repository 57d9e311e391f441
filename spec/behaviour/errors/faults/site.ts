import { sql } from "kysely";
import { Database, type DatabaseOptions, fields, manager, Model } from "dunder-orm";
import type * as orm from "dunder-orm";
import type { TestEngine } from "../../../support/engines.js";

export const SECRET = "s3cr3t-marker";
export const NUMBER = 424_242_000;

type ErrorName = {
  [K in keyof typeof orm]: (typeof orm)[K] extends abstract new (...args: never[]) => Error ? K : never;
}[keyof typeof orm];

/** One thing that goes wrong, and how the error of it looks. */
export interface Fault {
  readonly name: string;
  readonly error: ErrorName;
  /** What takes another session, or a server that stops one. */
  readonly sessions?: true;
  /** The engine's own code; where `MariaDB`'s differs from MySQL's, by label. */
  readonly code?: string | number | undefined;
  /** What the message must say: the server's words, and the hint. */
  readonly says?: RegExp;
  readonly table?: string;
  readonly columns?: readonly string[];
  readonly constraint?: string;
  /** False where no single statement is at fault. */
  readonly sql?: false;
  /** False where no driver's error is behind it. */
  readonly cause?: false;
  raise(site: Site): Promise<unknown>;
}

export class Owner extends Model(
  "owner",
  {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 40, unique: true }),
    age: fields.integer({ null: true }),
    pets: () => fields.hasMany(Pet, "owner"),
  },
  { indexes: [{ fields: ["name", "age"], unique: true, name: "owner_name_age" }] },
) {
  static objects = manager(this);
}

export class Pet extends Model(
  "pet",
  {
    id: fields.integer({ primaryKey: true }),
    owner: () => fields.foreignKey(Owner, { onDelete: "do nothing" }),
    tag: fields.string({ maxLength: 40 }),
    kind: fields.string({ maxLength: 40, default: "cat" }),
    age: fields.integer({ default: 1 }),
  },
  {
    constraints: [{ unique: ["tag", "kind"] }, { check: "age > 0", name: "pet_age_positive" }],
  },
) {
  static objects = manager(this);
}

/** The same tables, as somebody else may have declared them: with more columns, longer texts, fewer rules. */
export class LaxPet extends Model("pet", {
  id: fields.integer({ primaryKey: true }),
  owner: () => fields.foreignKey(Owner),
  tag: fields.string({ maxLength: 4000, null: true }),
  kind: fields.string({ maxLength: 40, default: "cat" }),
  age: fields.bigInteger({ default: 1n }),
}) {
  static objects = manager(this);
}

export class WiderPet extends Model("pet", {
  id: fields.integer({ primaryKey: true }),
  tag: fields.string({ maxLength: 40 }),
  colour: fields.string({ maxLength: 40, default: "" }),
}) {
  static objects = manager(this);
}

export class Missing extends Model("nowhere", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ default: "" }),
}) {
  static objects = manager(this);
}

/** The database that faults are raised on, and what it takes to raise them. */
export class Site {
  readonly engine: TestEngine;
  readonly url: string;
  readonly db: Database;
  readonly #opened: Database[] = [];

  private constructor(engine: TestEngine, url: string) {
    this.engine = engine;
    this.url = url;
    this.db = this.open();
  }

  static async open(engine: TestEngine): Promise<Site> {
    const site = new Site(engine, await engine.url());
    for (const model of [Owner, Pet, LaxPet, WiderPet, Missing]) model.bind(site.db);
    await site.db.createTables([Owner, Pet]);
    return site;
  }

  /** Another pool on the same database, closed with the site. */
  open(options: DatabaseOptions = {}, change: (url: URL) => void = () => undefined): Database {
    const url = new URL(this.url);
    change(url);
    const db = new Database(url.toString(), options);
    this.#opened.push(db);
    return db;
  }

  run(text: string): Promise<unknown[]> {
    return this.db.execute(sql.raw(text));
  }

  async fill(): Promise<void> {
    await Pet.objects.delete({ all: true });
    await Owner.objects.delete({ all: true });
    await Owner.objects.create({ id: 1, name: SECRET, age: NUMBER });
    await Pet.objects.create({ id: 1, owner: 1, tag: SECRET });
    await Pet.objects.create({ id: 2, owner: 1, tag: "other" });
  }

  async close(): Promise<void> {
    for (const db of this.#opened) await db.close();
  }
}
