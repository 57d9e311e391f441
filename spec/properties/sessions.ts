import { fields, manager, Model } from "dunder-orm";
import { objectState, relationship, Session } from "dunder-orm/session";
import type { Database, QuerySet } from "dunder-orm";
import type { Chance } from "./deletes.js";

class Writer extends Model("oracle_writer", {
  uid: fields.integer({ unique: true }),
  name: fields.string({ maxLength: 20 }),
  mentor: () => fields.foreignKey(Writer, { null: true }),
  pupils: () => fields.hasMany(Writer, "mentor"),
  books: () => fields.hasMany(Book, "writer"),
}) {
  static objects = manager(this);
}

class Book extends Model("oracle_book", {
  uid: fields.integer({ unique: true }),
  name: fields.string({ maxLength: 20 }),
  writer: () => fields.foreignKey(Writer, { null: true }),
  notes: () => relationship(Note, { backPopulates: "book", cascade: "all, delete-orphan" }),
  tags: () => fields.manyToMany(Tag),
}) {
  static objects = manager(this);
}

class Note extends Model("oracle_note", {
  uid: fields.integer({ unique: true }),
  name: fields.string({ maxLength: 20 }),
  book: () => fields.foreignKey(Book, { onDelete: "do nothing" }),
}) {
  static objects = manager(this);
}

class Tag extends Model("oracle_tag", {
  uid: fields.integer({ unique: true }),
  name: fields.string({ maxLength: 20 }),
  books: () => fields.manyToMany(Book, { reverse: "tags" }),
}) {
  static objects = manager(this);
}

export const models = [Writer, Book, Note, Tag, Book.tags.through];

type Kind = "writer" | "book" | "note" | "tag";
type Row = Writer | Book | Note | Tag;
const classes = { writer: Writer, book: Book, note: Note, tag: Tag };

/** A row as a plain object: what it points at by number. */
interface Fact {
  readonly kind: Kind;
  readonly name: string;
  /** A writer's mentor, a book's writer, a note's book. */
  readonly owner: number | null;
  readonly tags: readonly number[];
}

/** What should be in the database. */
export type Facts = ReadonlyMap<number, Fact>;

const NAMES = ["red", "green", "blue", "grey"];
const MOST = 24;

/** A session that is used at random, beside what it should come to, in plain objects. */
export class Played {
  readonly session: Session;
  readonly #chance: Chance;
  readonly log: string[] = [];
  #facts: Map<number, Fact>;
  #committed: Facts;
  #rows = new Map<number, Row>();
  /** Rows that a delete reaches which is not written yet: nothing is done with them meanwhile. */
  #frozen = new Set<number>();
  #uid: number;
  /** Nothing is written but by flushes that are asked for. */
  readonly #isQuiet: boolean;

  constructor(db: Database, chance: Chance, facts: Facts, uid: number) {
    this.#isQuiet = chance.upTo(3) === 0;
    this.session = new Session(db, { autoflush: !this.#isQuiet });
    if (this.#isQuiet) this.log.push("quiet");
    this.#chance = chance;
    this.#facts = new Map(facts);
    this.#committed = facts;
    this.#uid = uid;
  }

  get uid(): number {
    return this.#uid;
  }

  /** What should be there once it is over. */
  get committed(): Facts {
    return this.#committed;
  }

  async load(): Promise<void> {
    const { session } = this;
    this.#rows = new Map();
    const books =
      this.#chance.upTo(1) === 0 ? session.query(Book) : session.query(Book).prefetchRelated("notes", "tags");
    const writers =
      this.#chance.upTo(1) === 0 ? session.query(Writer) : session.query(Writer).prefetchRelated("books", "pupils");
    const found: Row[][] = [
      await books.all(),
      await writers.all(),
      await session.query(Note).all(),
      await session.query(Tag).all(),
    ];
    for (const row of found.flat()) this.#rows.set(row.uid, row);
  }

  async step(): Promise<void> {
    const all: (() => unknown)[] = [
      () => this.#add(),
      () => this.#add(),
      () => this.#rename(),
      () => this.#rename(),
      () => this.#move(),
      () => this.#move(),
      () => this.#move(),
      () => this.#takeOut(),
      () => this.#tag(),
      () => this.#tag(),
      () => this.#delete(),
      () => this.#bulkRename(),
      () => this.#bulkMove(),
      () => this.#bulkDelete(),
      () => this.flush(),
      () => this.#nested(),
      () => this.#look(),
      () => this.rollback(),
      () => this.commit(),
    ];
    await this.#chance.pick(all)?.();
  }

  #of(...kinds: Kind[]): number[] {
    return [...this.#facts]
      .filter(([uid, { kind }]) => kinds.includes(kind) && !this.#frozen.has(uid))
      .map(([uid]) => uid);
  }

  #one(...kinds: Kind[]): number | null {
    return this.#chance.pick(this.#of(...kinds)) ?? null;
  }

  #row<R extends Row>(uid: number): R {
    return this.#rows.get(uid) as R;
  }

  #set(uid: number, change: Partial<Fact>): void {
    this.#facts.set(uid, { ...(this.#facts.get(uid) as Fact), ...change });
  }

  #add(): void {
    const kind = this.#chance.pick<Kind>(["writer", "book", "note", "tag"]);
    const name = this.#chance.pick(NAMES);
    const owner = this.#ownerFor(kind);
    if (kind === "note" && owner === null) return;
    const uid = (this.#uid += 1);
    const above = owner === null ? null : this.#row(owner);
    this.log.push(`add ${kind} ${uid} of ${owner}`);
    const row = this.#made(kind, { uid, name }, above);
    this.session.add(row);
    this.#rows.set(uid, row);
    this.#facts.set(uid, { kind, name, owner, tags: [] });
  }

  #ownerFor(kind: Kind): number | null {
    if (kind === "tag") return null;
    if (kind === "note") return this.#one("book");
    return this.#chance.upTo(2) === 0 ? null : this.#one("writer");
  }

  #made(kind: Kind, values: { uid: number; name: string }, above: Row | null): Row {
    if (kind === "writer") return new Writer({ ...values, mentor: above as Writer | null });
    if (kind === "book") return new Book({ ...values, writer: above as Writer | null });
    if (kind === "note") return new Note({ ...values, book: above as Book });
    return new Tag(values);
  }

  #rename(): void {
    const uid = this.#one("writer", "book", "note", "tag");
    if (uid === null) return;
    const name = this.#chance.pick(NAMES);
    this.log.push(`rename ${uid} ${name}`);
    this.#row(uid).name = name;
    this.#set(uid, { name });
  }

  /** Gives a row another owner, from either side. */
  #move(): void {
    const uid = this.#one("writer", "book", "note");
    if (uid === null) return;
    const { kind } = this.#facts.get(uid) as Fact;
    const owner = kind === "note" ? this.#one("book") : this.#ownerFor(kind);
    if (kind === "note" && owner === null) return;
    if (kind === "writer" && owner !== null && this.#isBelow(owner, uid)) return;
    const fromOwner = owner !== null && this.#chance.upTo(1) === 0;
    this.log.push(`move ${uid} to ${owner}${fromOwner ? " by append" : ""}`);
    const row = this.#row(uid);
    const above = owner === null ? null : this.#row(owner);
    if (fromOwner) append(above as Row, row);
    else assign(row, above);
    this.#set(uid, { owner });
  }

  /** True where a writer is another one, or learns from it by way of others. */
  #isBelow(uid: number, above: number): boolean {
    for (let at: number | null = uid; at !== null; at = this.#facts.get(at)?.owner ?? null)
      if (at === above) return true;
    return false;
  }

  #takeOut(): void {
    const uid = this.#one("book", "note");
    if (uid === null) return;
    const { kind, owner } = this.#facts.get(uid) as Fact;
    if (owner === null || this.#frozen.has(owner)) return;
    this.log.push(`take ${uid} out of ${owner}`);
    const above = this.#row(owner);
    if (kind === "book") {
      this.session.collection(above as Writer, "books").remove(this.#row<Book>(uid));
      this.#set(uid, { owner: null });
    } else {
      this.session.collection(above as Book, "notes").remove(this.#row<Note>(uid));
      this.#drop(uid);
    }
  }

  async #tag(): Promise<void> {
    const [book, tag] = [this.#one("book"), this.#one("tag")];
    if (book === null || tag === null) return;
    const { tags } = this.#facts.get(book) as Fact;
    const isBack = this.#chance.upTo(1) === 0;
    const [here, there] = [this.#row<Book>(book), this.#row<Tag>(tag)];
    if (!tags.includes(tag)) {
      this.log.push(`tag ${book} ${tag}`);
      if (isBack) there.books.append(here);
      else here.tags.append(there);
      return this.#set(book, { tags: [...tags, tag] });
    }
    this.log.push(`untag ${book} ${tag}`);
    if (isBack) (await this.session.collection(there, "books").load()).remove(here);
    else (await this.session.collection(here, "tags").load()).remove(there);
    if (!this.#isQuiet) this.#thaw();
    this.#set(book, { tags: tags.filter((one) => one !== tag) });
  }

  async #delete(): Promise<void> {
    const uid = this.#one("writer", "book", "note", "tag");
    if (uid === null) return;
    if (objectState(this.#row(uid)) === "pending") await this.flush();
    this.log.push(`delete ${uid}`);
    this.session.delete(this.#row(uid));
    this.#drop(uid);
  }

  /** Rows of one kind by their names, and what a statement about them is to find: all is written before. */
  #some(...kinds: Kind[]): { kind: Kind; name: string; uids: number[]; rows: QuerySet<Row> } {
    const kind = this.#chance.pick(kinds);
    const name = this.#chance.pick(NAMES);
    const uids = [...this.#facts].filter(([, fact]) => fact.kind === kind && fact.name === name).map(([uid]) => uid);
    const rows = this.session.query(classes[kind] as typeof Tag).filter({ name }) as unknown as QuerySet<Row>;
    return { kind, name, uids, rows };
  }

  async #bulkRename(): Promise<void> {
    const { kind, name, uids, rows } = this.#some("writer", "book", "note", "tag");
    const to = this.#chance.pick(NAMES);
    if (this.#isQuiet) await this.flush();
    this.log.push(`rename every ${kind} ${name} ${to}`);
    same(await rows.update({ name: to } as never), uids.length, "number of renamed");
    this.#thaw();
    for (const uid of uids) this.#set(uid, { name: to });
    this.checkObjects();
  }

  async #bulkMove(): Promise<void> {
    const { kind, name, uids, rows } = this.#some("book", "note");
    const owner = kind === "note" ? this.#one("book") : this.#ownerFor(kind);
    if (kind === "note" && owner === null) return;
    this.log.push(`move every ${kind} ${name} to ${owner}`);
    await this.flush();
    const above = owner === null ? null : this.#row(owner);
    const values = kind === "note" ? { book: above } : { writer: above };
    same(await rows.update(values as never), uids.length, "number of moved");
    for (const uid of uids) this.#set(uid, { owner });
    this.checkObjects();
  }

  /** Notes do not go with books, but by what deletes the book as an object: those that would be left are in the way. */
  async #bulkDelete(): Promise<void> {
    const { kind, name, uids, rows } = this.#some("writer", "book", "note", "tag");
    if (
      kind === "book" &&
      [...this.#facts.values()].some(({ kind, owner }) => kind === "note" && uids.includes(owner ?? 0))
    )
      return;
    if (this.#isQuiet) await this.flush();
    this.log.push(`delete every ${kind} ${name}`);
    await rows.delete();
    for (const uid of uids) this.#drop(uid);
    this.#thaw();
    this.checkObjects();
  }

  /** Takes a row out of what should be there, with what goes along. */
  #drop(uid: number): void {
    this.#facts.delete(uid);
    for (const [other, { kind, owner, tags }] of [...this.#facts]) {
      if (tags.includes(uid)) {
        this.#set(other, { tags: tags.filter((tag) => tag !== uid) });
        this.#frozen.add(other);
      }
      if (owner !== uid) continue;
      this.#frozen.add(other);
      if (kind === "note") this.#drop(other);
      else this.#set(other, { owner: null });
    }
  }

  /** All is written. */
  #thaw(): void {
    this.#frozen.clear();
  }

  async flush(): Promise<void> {
    this.log.push("flush");
    await this.session.flush();
    this.#thaw();
    this.checkObjects();
  }

  async commit(): Promise<void> {
    this.log.push("commit");
    await this.session.commit();
    this.#thaw();
    this.#committed = new Map(this.#facts);
    this.checkObjects();
  }

  async rollback(): Promise<void> {
    this.log.push("rollback");
    await this.session.rollback();
    this.#back(this.#committed);
  }

  #back(facts: Facts): void {
    this.#thaw();
    this.#facts = new Map(facts);
    this.checkObjects();
  }

  /** A few steps in a savepoint, which is kept or undone. */
  async #nested(): Promise<void> {
    this.log.push("savepoint");
    const nested = await this.session.beginNested();
    this.#thaw();
    const before = new Map(this.#facts);
    for (let times = this.#chance.upTo(3); times > 0; times -= 1) {
      await this.#chance.pick<() => unknown>([
        () => this.#add(),
        () => this.#rename(),
        () => this.#move(),
        () => this.#tag(),
        () => this.#takeOut(),
        () => this.#delete(),
        () => this.#bulkRename(),
        () => this.#bulkMove(),
        () => this.#bulkDelete(),
        () => this.flush(),
      ])?.();
    }
    const isKept = this.#chance.upTo(1) === 0;
    this.log.push(isKept ? "keep savepoint" : "undo savepoint");
    await (isKept ? nested.commit() : nested.rollback());
    if (isKept) this.#thaw();
    else this.#back(before);
  }

  /** Asks for what is there, which writes what was changed. */
  async #look(): Promise<void> {
    const uid = this.#one("writer", "book");
    if (uid === null) return;
    this.log.push(`look ${uid}`);
    const row = this.#row(uid);
    // What is in memory is there until a flush has found that it is gone.
    const isLoaded = this.session.collection(
      row as Book,
      (row instanceof Writer ? "books" : "notes") as "notes",
    ).isLoaded;
    if (isLoaded || (this.#isQuiet && this.session.deleted.size > 0)) await this.flush();
    const found = row instanceof Writer ? await row.books.all() : row instanceof Book ? await row.notes.all() : [];
    await this.session.query(Tag).exists();
    if (!this.#isQuiet) this.#thaw();
    const expected = [...this.#facts]
      .filter(([, { kind, owner }]) => owner === uid && kind !== "writer")
      .map(([one]) => one);
    same(found.map((one) => one.uid).sort(byNumber), expected.sort(byNumber), `what ${uid} leads to`);
  }

  /** Objects are as they should be, once all is written. */
  checkObjects(): void {
    for (const [uid, fact] of this.#facts) {
      const row = this.#rows.get(uid);
      if (row === undefined) throw new Error(`${uid} has no object`);
      same(objectState(row), objectState(row) === "pending" ? "pending" : "persistent", `state of ${uid}`);
      same(row.name, fact.name, `name of ${uid}`);
      same(
        ownerOf(row)?.pk ?? null,
        fact.owner === null ? null : (this.#rows.get(fact.owner)?.pk ?? null),
        `owner of ${uid}`,
      );
      this.#checkCollections(uid, row);
    }
    for (const [uid, row] of this.#rows) {
      if (!this.#facts.has(uid) && ["persistent", "pending"].includes(objectState(row)))
        throw new Error(`${uid} is there still`);
    }
  }

  #checkCollections(uid: number, row: Row): void {
    const pointing = (wanted: Kind): number[] =>
      [...this.#facts]
        .flatMap(([one, { kind, owner }]) => (kind === wanted && owner === uid ? [one] : []))
        .sort(byNumber);
    const check = (name: string, expected: number[]): void => {
      const collection = this.session.collection(row as Book, name as "notes");
      if (!collection.isLoaded) return;
      same([...collection].map((one) => one.uid).sort(byNumber), expected, `${name} of ${uid}`);
    };
    if (row instanceof Writer) {
      check("books", pointing("book"));
      check("pupils", pointing("writer"));
    }
    if (row instanceof Book) {
      check("notes", pointing("note"));
      check("tags", [...(this.#facts.get(uid) as Fact).tags].sort(byNumber));
    }
    if (row instanceof Tag) {
      check("books", [...this.#facts].flatMap(([one, { tags }]) => (tags.includes(uid) ? [one] : [])).sort(byNumber));
    }
  }

  /** Deletes most rows, where there are many. */
  async thin(): Promise<void> {
    if (this.#facts.size <= MOST) return;
    await this.flush();
    while (this.#facts.size > MOST / 3) {
      const uid = this.#one("writer", "book", "note", "tag");
      if (uid === null) break;
      this.session.delete(this.#row(uid));
      this.#drop(uid);
    }
    await this.commit();
  }
}

function append(above: Row, row: Row): void {
  if (row instanceof Writer) (above as Writer).pupils.append(row);
  else if (row instanceof Book) (above as Writer).books.append(row);
  else (above as Book).notes.append(row as Note);
}

function assign(row: Row, above: Row | null): void {
  if (row instanceof Writer) row.mentor = above as Writer | null;
  else if (row instanceof Book) row.writer = above as Writer | null;
  else (row as Note).book = above as Book;
}

function ownerOf(row: Row): { readonly pk: unknown } | null {
  if (row instanceof Writer) return row.mentor;
  if (row instanceof Book) return row.writer;
  return row instanceof Note ? row.book : null;
}

const byNumber = (a: number, b: number): number => a - b;

function same(found: unknown, expected: unknown, what: string): void {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}: ${left}, and should be ${right}`);
}

/** What is in the database. */
export async function stored(): Promise<Facts> {
  const facts = new Map<number, Fact>();
  const owners = new Map<string, number>();
  const all = {
    writer: await Writer.objects.values("pk", "uid", "name", { owner: "mentor" } as never).all(),
    book: await Book.objects.values("pk", "uid", "name", { owner: "writer" } as never).all(),
    note: await Note.objects.values("pk", "uid", "name", { owner: "book" } as never).all(),
    tag: await Tag.objects.values("pk", "uid", "name").all(),
  } as unknown as Record<Kind, { pk: number; uid: number; name: string; owner?: number | null }[]>;
  const above: Partial<Record<Kind, Kind>> = { writer: "writer", book: "writer", note: "book" };
  for (const kind of Object.keys(classes) as Kind[])
    for (const { pk, uid } of all[kind]) owners.set(`${kind} ${pk}`, uid);
  const pairs = (await Book.objects.filter({ tags__isnull: false }).valuesList("uid", "tags__uid").all()) as [
    number,
    number,
  ][];
  for (const kind of Object.keys(classes) as Kind[]) {
    for (const { uid, name, owner = null } of all[kind]) {
      const tags = pairs.filter(([book]) => book === uid).map(([, tag]) => tag);
      const by = owner === null ? null : (owners.get(`${above[kind]} ${owner}`) ?? null);
      facts.set(uid, { kind, name, owner: by, tags: tags.sort(byNumber) });
    }
  }
  return facts;
}

/** The same facts in one order. */
export function sorted(facts: Facts): unknown {
  return [...facts]
    .sort(([a], [b]) => a - b)
    .map(([uid, fact]) => [uid, { ...fact, tags: [...fact.tags].sort(byNumber) }]);
}
