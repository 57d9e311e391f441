import { AsyncLocalStorage } from "node:async_hooks";
import type { Plan, Plans, PlanStats } from "../compile/index.js";
import { ConfigurationError } from "../errors/index.js";
import { checkIdentifier, inSchema } from "../models/index.js";
import { DatabaseCore } from "./database-core.js";
import type { Unit } from "./unit.js";

/** A database whose models' tables are looked for in a schema, and what it is around. */
interface SchemaScope {
  readonly origin: DatabaseCore;
  readonly database: DatabaseCore;
  readonly around: SchemaScope | null;
}

const views = new WeakMap<DatabaseCore, Map<string, DatabaseCore>>();
const scopes = new AsyncLocalStorage<SchemaScope | null>();
// Until the first scope there is nothing to look up, and looking costs every query.
let used = false;

/**
 * A database as its models see it from a schema: the same connections, transactions and options, with plans of its own. Rows
 * that come from it remember it, so that what they load, write and delete is of that schema, too. Null is for no schema.
 */
export function inSchemaOf(database: DatabaseCore, schema: string | null): DatabaseCore {
  const { origin } = database;
  if (schema === null) return origin;
  let known = views.get(origin);
  if (known === undefined) views.set(origin, (known = new Map<string, DatabaseCore>()));
  let view = known.get(schema);
  if (view === undefined) known.set(schema, (view = makeView(origin, schema)));
  return view;
}

/** Where queries go that name no schema: to that of the scope which the present code runs in. */
export function scoped(database: DatabaseCore): DatabaseCore {
  if (!used || database.schema !== null) return database;
  let at = scopes.getStore() ?? null;
  while (at !== null && at.origin !== database) at = at.around;
  return at === null ? database : at.database;
}

/** Runs a function in whose queries, of this database, tables are those of a schema. */
export function withinSchema<T>(database: DatabaseCore, schema: unknown, fn: () => T): T {
  const checked = checkSchema("db.withSchema(name, fn)", schema);
  if (typeof fn !== "function") throw new ConfigurationError("db.withSchema(name, fn) takes a function to run.");
  used = true;
  const { origin } = database;
  return scopes.run({ origin, database: inSchemaOf(origin, checked), around: scopes.getStore() ?? null }, fn);
}

/** Checks a name, or null, from outside. */
function checkSchema(where: string, schema: unknown): string | null {
  return schema === null ? null : checkIdentifier(`${where}: schema name`, schema as string);
}

/** What a view has its origin do: everything but to write SQL. */
function forwarders(origin: DatabaseCore): PropertyDescriptorMap {
  const { constructor: _, ...members } = Object.getOwnPropertyDescriptors(DatabaseCore.prototype);
  const forwarded = Object.entries(members as PropertyDescriptorMap).map(([name, member]) => {
    const method = member.value as ((...args: unknown[]) => unknown) | undefined;
    const to =
      "get" in member
        ? { get: (): unknown => Reflect.get(DatabaseCore.prototype, name, origin) }
        : { value: method?.bind(origin) };
    return [name, to] as const;
  });
  return Object.fromEntries(forwarded);
}

function makeView(origin: DatabaseCore, schema: string): DatabaseCore {
  const plans = new SchemaPlans(origin, schema);
  return Object.create(origin, {
    ...forwarders(origin),
    schema: { value: schema },
    plans: { value: plans },
  }) as DatabaseCore;
}

/**
 * A database as a unit of work sees it: connections, plans and options are the same; what is asked of it is part of the
 * unit's transaction, which is begun by then.
 */
export function viewOf(database: DatabaseCore, unit: Unit): DatabaseCore {
  const { origin } = database;
  return Object.create(origin, {
    ...forwarders(origin),
    unit: { value: unit },
    isConnected: { get: () => origin.isConnected && unit.isReady },
    open: { value: () => openFor(origin, unit) },
    tellsResults: { value: true },
  }) as DatabaseCore;
}

async function openFor(origin: DatabaseCore, unit: Unit): Promise<unknown> {
  const pool = await origin.open();
  await unit.prepare();
  return pool;
}

/** The plans of a database that are for one schema; all together are bounded. */
class SchemaPlans implements Plans {
  readonly #origin: DatabaseCore;
  readonly #schema: string;

  constructor(origin: DatabaseCore, schema: string) {
    this.#origin = origin;
    this.#schema = schema;
  }

  get stats(): PlanStats {
    return this.#origin.plans.stats;
  }

  get(key: string, compile: () => Plan): Plan {
    const schema = this.#schema;
    return this.#origin.plans.get(`${schema}\0${key}`, () => inSchema(schema, compile));
  }

  countUnplanned(): void {
    this.#origin.plans.countUnplanned();
  }

  clear(): void {
    this.#origin.plans.clear();
  }
}
