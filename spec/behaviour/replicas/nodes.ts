import { afterAll, beforeAll, it } from "vitest";
import { Database, type DatabaseOptions, fields, manager, Model, type NodeEvent, type QueryEvent } from "dunder-orm";
import { FaultProxy } from "../../support/fault-proxy.js";
import { onEngines, type TestEngine } from "../../support/engines.js";

export class Shelf extends Model("replica_shelf", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
  books: () => fields.hasMany(Book, "shelf"),
}) {
  static objects = manager(this);
}

export class Book extends Model("replica_book", {
  id: fields.integer({ primaryKey: true }),
  shelf: () => fields.foreignKey(Shelf),
  title: fields.string({ maxLength: 50 }),
}) {
  static objects = manager(this);
}

/** What each of the servers says of itself: a shelf with the id 1 and this name. */
export const NAMES = ["primary", "first", "second"] as const;
export type NodeName = (typeof NAMES)[number];

/**
 * Three databases that stand for a primary and its replicas, each with a row of its own that tells which one answered, and a
 * network of moods before it. Nothing is copied from one to another: what is read where is all that is seen.
 */
export class Nodes {
  readonly db: Database;
  /** What happened to servers, and what was asked of them. */
  readonly events: NodeEvent[] = [];
  readonly queries: QueryEvent[] = [];
  readonly proxies: Readonly<Record<NodeName, FaultProxy>>;
  readonly urls: Readonly<Record<NodeName, string>>;

  private constructor(
    proxies: Readonly<Record<NodeName, FaultProxy>>,
    urls: Readonly<Record<NodeName, string>>,
    options: DatabaseOptions,
  ) {
    this.proxies = proxies;
    this.urls = urls;
    this.db = new Database(proxies.primary.url, {
      replicas: [proxies.first.url, proxies.second.url],
      onNode: (event) => void this.events.push(event),
      onQuery: (event) => void this.queries.push(event),
      ...options,
    });
  }

  static async before(engine: TestEngine, options: DatabaseOptions): Promise<Nodes> {
    const urls: string[] = [];
    const proxies: FaultProxy[] = [];
    for (const name of NAMES) {
      const url = await engine.url();
      await using db = new Database(url);
      await db.createTables([Shelf, Book]);
      const shelf = await Shelf.objects.using(db).create({ name });
      await Book.objects.using(db).create({ shelf, title: `of ${name}` });
      urls.push(url);
      proxies.push(await FaultProxy.before(url));
    }
    return new Nodes(byName(proxies), byName(urls), options);
  }

  address(name: NodeName): string {
    return new URL(this.proxies[name].url).host;
  }

  /** Which server answers a plain read. */
  async whoReads(): Promise<string> {
    return (await Shelf.objects.using(this.db).get({ id: 1 })).name;
  }

  /** Which servers answer so many reads, one after another. */
  async readers(times: number): Promise<string[]> {
    const names: string[] = [];
    for (let time = 0; time < times; time += 1) names.push(await this.whoReads());
    return names;
  }

  async stop(): Promise<void> {
    await this.db.close();
    for (const name of NAMES) await this.proxies[name].close();
  }
}

function byName<T>(values: readonly T[]): Readonly<Record<NodeName, T>> {
  return Object.fromEntries(NAMES.map((name, index) => [name, values[index]])) as Record<NodeName, T>;
}

/** A suite for the engines that have replicas; SQLite has none, which the suite of options shows. */
export function onServers(title: string, body: (engine: TestEngine) => void): void {
  onEngines(title, (engine) => {
    if (engine.name === "sqlite") it.skip("has no replicas", () => undefined);
    else body(engine);
  });
}

/** Three such databases for a suite. */
export function useNodes(engine: TestEngine, options: DatabaseOptions = {}): { readonly nodes: Nodes } {
  let nodes: Nodes | null = null;
  beforeAll(async () => {
    nodes = await Nodes.before(engine, options);
  });
  afterAll(() => nodes?.stop());
  return {
    get nodes(): Nodes {
      if (nodes === null) throw new Error("The servers are there from beforeAll on.");
      return nodes;
    },
  };
}
