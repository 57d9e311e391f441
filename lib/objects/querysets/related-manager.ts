import { ConfigurationError, FieldError, NotLoadedError } from "../../errors/index.js";
import { atomic } from "../../execute/index.js";
import { META, ORIGIN as ORIGIN_OF_ROW } from "../../models/index.js";
import { QUERY, type Query } from "../../query/index.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";
import { PointingRows } from "./pointing-rows.js";
import type { Along } from "../reading/prefetch-tree.js";
import type { QuerySetBase } from "./query-set.js";
import { OWNED, OWNER, REFINED, WRITTEN_TO } from "./refinable.js";
import { RelatedOwner } from "../relations/related-owner.js";
import { forgetRelated, type RelatedRows } from "../relations/related-rows.js";
import { relationListener } from "../relations/relations.js";
import { CHOOSE, type Named, type Operation } from "../rows/named-database.js";
import { hasRouters } from "../rows/routers.js";
import { databaseAround, databaseOfRow, type StatefulRow } from "../rows/row-state.js";
import { TiedRows } from "./tied-rows.js";

type Manager = new (model: unknown) => QuerySetBase;
type Options = Readonly<Record<string, unknown>>;
type Origin = Pick<RelatedOwner, "row" | "relation">;

const ORIGIN = Symbol("dunder.origin");
const IS_WHOLE = Symbol("dunder.is-whole");
const classes = new WeakMap<object, ReturnType<typeof classOver>>();

/** The manager of the rows that a relation leads to from one row: a model's own manager, narrowed to them. */
export function relatedManager(base: QuerySetBase, row: StatefulRow, relation: Origin["relation"]): QuerySetBase {
  const Base = base.constructor as Manager;
  let Class = classes.get(Base);
  if (Class === undefined) classes.set(Base, (Class = classOver(Base)));
  const owner = new RelatedOwner(row, relation, base);
  const around = (operation: Operation) => databaseAround(row, relation.target, operation);
  // A new row may be of no database yet.
  const isOpen = hasRouters() || (row[ORIGIN_OF_ROW] ?? null) === null;
  const manager = base[OWNED](owner, isOpen ? { [CHOOSE]: around } : databaseOfRow(row), Class) as InstanceType<
    typeof Class
  >;
  manager[ORIGIN] = owner;
  manager[IS_WHOLE] = true;
  return manager;
}

/** The class of a model's querysets, whose rows can be gone through where they were fetched along. */
function iterable(Base: Manager) {
  return class FetchedRows extends Base {
    [Symbol.iterator](): Iterator<object> {
      return fetchedRows(this)[Symbol.iterator]();
    }

    get length(): number {
      return fetchedRows(this).length;
    }
  };
}

/** The same, with rows tied to the manager's own as they are made. */
function makerOf(Base: Manager) {
  return class RelatedMaker extends iterable(Base) {
    [ORIGIN]!: Origin;

    override async create(values: object, options: Options = {}): Promise<object> {
      const tied = readOptions(this[ORIGIN], options, "create");
      return making(this, this[ORIGIN], tied, async () => {
        const row = await super.create(values);
        return { answer: row, made: [row] };
      });
    }

    override async bulkCreate(rows: readonly object[], options: Options = {}): Promise<object[]> {
      const [tied, own] = splitOptions(this[ORIGIN], options, "bulkCreate");
      return making(this, this[ORIGIN], tied, async () => {
        const made = await super.bulkCreate(rows, own);
        return { answer: made, made };
      });
    }

    override async upsert(values: object, options: Options = {}): Promise<object> {
      const [tied, own] = splitOptions(this[ORIGIN], options, "upsert");
      return making(this, this[ORIGIN], tied, async () => {
        const row = await super.upsert(values, own);
        return { answer: row, made: [], met: [row] };
      });
    }

    override async replace(values: object, options: Options = {}): Promise<object> {
      return making(this, this[ORIGIN], readOptions(this[ORIGIN], options, "replace"), async () => {
        const row = await super.replace(values);
        return { answer: row, made: [], met: [row] };
      });
    }

    override async createOrGet(values: object, options: Options = {}): Promise<[object, boolean]> {
      return making(this, this[ORIGIN], readOptions(this[ORIGIN], options, "createOrGet"), async () => {
        const answer = await super.createOrGet(values);
        return { answer, made: [], met: [answer[0]] };
      });
    }

    override async insertFrom(source: unknown, fields?: unknown): Promise<number> {
      const { row, relation } = this[ORIGIN];
      if (relation.type !== "manyToMany") return super.insertFrom(source, fields);
      throw new FieldError(
        `${row[META].name}.${relation.name}: insertFrom(…) does not tell which rows it made, so they cannot be tied. ` +
          `Insert into ${relation.target.name}.objects, and then add(…) what you find there.`,
      );
    }

    override async getOrCreate(where: object, options: Options = {}): Promise<[object, boolean]> {
      const [tied, own] = splitOptions(this[ORIGIN], options, "getOrCreate");
      return making(this, this[ORIGIN], tied, async () => {
        const answer = await super.getOrCreate(where, own);
        return { answer, made: answer[1] ? [answer[0]] : [] };
      });
    }

    override async updateOrCreate(where: object, options: Options = {}): Promise<[object, boolean]> {
      const [tied, own] = splitOptions(this[ORIGIN], options, "updateOrCreate");
      return making(this, this[ORIGIN], tied, async () => {
        const answer = await super.updateOrCreate(where, own);
        return { answer, made: answer[1] ? [answer[0]] : [] };
      });
    }
  };
}

/** The same, with what a manager of related rows can do beside. */
function classOver(Base: Manager) {
  return class RelatedManager extends makerOf(Base) {
    [IS_WHOLE] = false;

    append(...rows: unknown[]): void {
      const { row, relation } = this[ORIGIN];
      appendInMemory(row, relation, rows);
    }

    override [REFINED](query: Query | null, using?: Named | null, along?: Along | null): this {
      const next = super[REFINED](query, using, along);
      next[ORIGIN] = this[ORIGIN];
      next[IS_WHOLE] = this[IS_WHOLE] && query === this[QUERY];
      return next;
    }

    async add(...given: unknown[]): Promise<void> {
      const last = given.at(-1);
      const options = isOptions(last) ? readOptions(this[ORIGIN], last, "add") : {};
      const members = isOptions(last) ? given.slice(0, -1) : given;
      await wholeRows(this, this[ORIGIN], "add").add(members, defaultsIn(options));
    }

    async remove(...given: unknown[]): Promise<number> {
      return wholeRows(this, this[ORIGIN], "remove").remove(given);
    }

    async clear(): Promise<number> {
      return wholeRows(this, this[ORIGIN], "clear").clear();
    }

    async set(given: unknown, settings: object = {}): Promise<void> {
      const { clear = false, ...options } = settings as { readonly clear?: boolean };
      const throughDefaults = defaultsIn(readOptions(this[ORIGIN], options, "set"));
      await wholeRows(this, this[ORIGIN], "set").set(listOf(this[ORIGIN], given), { clear, throughDefaults });
    }
  };
}

function fetchedRows(manager: QuerySetBase): readonly object[] {
  const owner = manager[OWNER];
  if (owner !== null) return owner.demanded;
  throw new NotLoadedError(`${manager[QUERY].model.name}: a queryset has no rows before it is run: await ….all().`);
}

/** What changes the rows of a relation, which is about all of them. */
function wholeRows(
  manager: QuerySetBase & { readonly [IS_WHOLE]: boolean },
  origin: Origin,
  method: string,
): RelatedRows {
  const { row, relation } = origin;
  if (manager[IS_WHOLE]) {
    const { unit } = databaseOfRow(row);
    if (unit !== null) return unit.held(row, relation, method);
    const database = manager[WRITTEN_TO];
    return relation.type === "manyToMany"
      ? new TiedRows(row, relation, database)
      : new PointingRows(row, relation, database, (query) => manager[REFINED](query));
  }
  const { name } = relation;
  const instead = method === "clear" ? "remove" : method;
  throw new FieldError(
    `${row[META].name}.${name}: ${method}(…) is about all of row.${name}, and cannot follow what narrows or orders it. ` +
      `Give it what you chose: row.${name}.${instead}(row.${name}.filter(…)).`,
  );
}

interface Made<T> {
  readonly answer: T;
  readonly made: readonly object[];
  /** Rows that may be tied already. */
  readonly met?: readonly object[];
}

/** Makes rows, and ties them to the manager's own in the same transaction. */
async function making<T>(
  manager: QuerySetBase,
  { row, relation }: Origin,
  options: Options,
  make: () => Promise<Made<T>>,
): Promise<T> {
  const { unit } = databaseOfRow(row);
  if (unit !== null) {
    const { answer, made } = await make();
    if (relation.type === "manyToMany") await unit.held(row, relation, "create").add(made, defaultsIn(options));
    return answer;
  }
  const database = manager[WRITTEN_TO];
  try {
    if (relation.type !== "manyToMany") return (await make()).answer;
    const rows = new TiedRows(row, relation, database);
    return await atomic(
      database,
      async () => {
        const { answer, made, met = [] } = await make();
        await rows.tieNew(made, defaultsIn(options));
        if (met.length > 0) await rows.add(met, defaultsIn(options));
        return answer;
      },
      {},
    );
  } finally {
    forgetRelated(row, relation);
  }
}

function isOptions(value: unknown): value is Options {
  if (value === null || typeof value !== "object") return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Options of which there is only one: values of the rows between, where a relation has such. */
function readOptions({ row, relation }: Origin, options: unknown, method: string): Options {
  const where = `${row[META].name}.${relation.name}: ${method}(…)`;
  if (!isOptions(options)) throw new FieldError(`${where} takes an object of options, got ${printable(options)}.`);
  const known = relation.type === "manyToMany" ? ["throughDefaults"] : [];
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return options;
  const choices =
    known.length === 0 ? "throughDefaults is for many-to-many relations." : `Options: ${known.join(", ")}.`;
  throw new FieldError(`${where} takes no option "${unknown}".${didYouMean(unknown, known)} ${choices}`);
}

/** What concerns the rows between, and the options of the method itself. */
function splitOptions(origin: Origin, options: Options, method: string): readonly [Options, Options] {
  const { throughDefaults, ...own } = options;
  return [readOptions(origin, throughDefaults === undefined ? {} : { throughDefaults }, method), own];
}

function defaultsIn({ throughDefaults = {} }: Options): object {
  if (isOptions(throughDefaults)) return throughDefaults;
  throw new FieldError(
    `throughDefaults is an object of values for the rows between, got ${printable(throughDefaults)}.`,
  );
}

function listOf({ row, relation }: Origin, given: unknown): readonly unknown[] {
  if (Array.isArray(given)) return given as unknown[];
  if (given instanceof Set) return [...(given as Set<unknown>)];
  if (given !== null && typeof given === "object" && QUERY in given) return [given];
  throw new FieldError(
    `${row[META].name}.${relation.name}: set(list) takes a list of rows and keys, or a queryset, got ${printable(given)}.`,
  );
}

/** Puts rows at the end of what a relation leads to from one, in memory. */
export function appendInMemory(row: StatefulRow, relation: RelatedOwner["relation"], rows: readonly unknown[]): void {
  const listener = relationListener();
  if (listener === null) {
    throw new ConfigurationError(`${row[META].name}.${relation.name}: append(…) is for sessions.`, {
      hint: `Import "dunder-orm/session", or write at once: await row.${relation.name}.add(…).`,
    });
  }
  listener.append(row, relation, rows);
}
