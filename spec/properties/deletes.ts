import fc from "fast-check";
import { fields, manager, Model, type QuerySet, set } from "dunder-orm";

/** Tables with foreign keys of any rule, as plain data. */
export interface World {
  readonly tables: readonly Table[];
}

interface Table {
  readonly name: string;
  readonly kind: "integer" | "string" | "bigInteger" | "pair";
  readonly keys: readonly Key[];
}

interface Key {
  readonly name: string;
  /** The place of the table that it points at. */
  readonly target: number;
  readonly rule: "cascade" | "restrict" | "protect" | "set null" | "set default" | "do nothing" | "value" | "function";
  readonly nullable: boolean;
  /** It holds the code of a row, which is unique, too, and not its primary key. */
  readonly byCode: boolean;
  /** What a default or `set(…)` is; null only where the key is nullable. */
  readonly instead: number | null;
}

/** Numbers to choose by, the same for a seed. */
export class Chance {
  readonly #numbers: number[];
  #at = 0;

  constructor(seed: number, length: number) {
    this.#numbers = fc.sample(fc.nat({ max: 2 ** 30 }), { seed, numRuns: length });
  }

  upTo(max: number): number {
    const number = this.#numbers[this.#at % this.#numbers.length] as number;
    this.#at += 1;
    return number % (max + 1);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.upTo(list.length - 1)] as T;
  }

  some<T>(list: readonly T[]): T[] {
    return list.filter(() => this.upTo(1) === 0);
  }
}

const RULES = ["cascade", "restrict", "protect", "set null", "set default", "do nothing", "value", "function"] as const;
/** Rules that let much happen come up more often. */
const OFTEN = [...RULES, "cascade", "cascade", "cascade", "cascade", "set null"] as const;
export const MOST_KEYS = 7;

export function world(chance: Chance, prefix: string): World {
  const count = 2 + chance.upTo(3);
  const tables = Array.from({ length: count }, (_, index): Table => {
    const keys = Array.from({ length: chance.upTo(index === 0 ? 1 : 3) }, (__, at): Key => {
      const target = chance.upTo(count - 1);
      const rule = chance.pick(OFTEN);
      // Only so can rows be made one after another: a key that may not be NULL points at what is there.
      const nullable = target > index || rule === "set null" || chance.upTo(1) === 0;
      const isNull = rule === "set null" || (nullable && chance.upTo(2) === 0);
      const byCode = chance.upTo(3) === 0;
      return {
        name: `f${at}`,
        target,
        rule,
        nullable,
        byCode,
        instead: isNull ? null : 1 + chance.upTo(MOST_KEYS - 1),
      };
    });
    return { name: `${prefix}_${index}`, kind: chance.pick(["integer", "string", "bigInteger", "pair"]), keys };
  });
  return { tables };
}

type KeyValue = number | string | bigint | readonly [number, string];

const codeOf = (number: number): string => `${"c".repeat(number)},`;

/** What a foreign key holds that points at the row of a number. */
export function heldValue({ tables }: World, { target, byCode }: Key, number: number | null): KeyValue | null {
  if (number === null) return null;
  return byCode ? codeOf(number) : keyValue(tables[target] as Table, number);
}

/** The fields that a row's key is made of, and their values. */
export function ownValues(table: Table, number: number): Record<string, unknown> {
  const key = keyValue(table, number);
  return {
    ...(Array.isArray(key) ? { a: key[0] as unknown, b: key[1] as unknown } : { id: key }),
    code: codeOf(number),
  };
}

/** A row's primary key, for its number. */
export function keyValue({ kind }: Table, number: number): KeyValue {
  if (kind === "pair") return [number % 3, `é${number}`];
  if (kind === "string") return `clé ${number}`;
  return kind === "integer" ? number : 2n ** 60n + BigInt(number);
}

/** A model without types: what it has is known when it is made. */
export interface AnyModel {
  readonly objects: QuerySet<{ delete(options?: { dryRun?: boolean }): Promise<object> }>;
  bind(database: object): void;
}

const KINDS = {
  integer: () => ({ id: fields.integer({ primaryKey: true }) }),
  string: () => ({ id: fields.string({ primaryKey: true, maxLength: 20 }) }),
  bigInteger: () => ({ id: fields.bigInteger({ primaryKey: true }) }),
  pair: () => ({ a: fields.integer(), b: fields.string({ maxLength: 20 }) }),
};
const PAIR = { primaryKey: ["a", "b"] } as never;

/** The models of a world. */
export function modelsOf(given: World): AnyModel[] {
  const { tables } = given;
  const models: unknown[] = [];
  for (const table of tables) {
    const code = fields.string({ maxLength: 20, unique: true });
    const declared: Record<string, unknown> = { ...KINDS[table.kind](), code };
    for (const key of table.keys) {
      const instead = heldValue(given, key, key.instead);
      declared[key.name] = () => fields.foreignKey(models[key.target], optionsOf(key, instead) as never);
    }
    const made = class extends (Model(
      table.name,
      declared,
      table.kind === "pair" ? PAIR : {},
    ) as unknown as new () => object) {
      static objects: unknown;
    };
    Object.defineProperty(made, "name", { value: table.name });
    made.objects = manager(made);
    models.push(made);
  }
  return models as AnyModel[];
}

function optionsOf({ rule, nullable, byCode }: Key, instead: unknown): object {
  const options = { null: nullable, ...(byCode && { to: "code" }) };
  if (rule === "value") return { ...options, onDelete: set(instead) };
  if (rule === "function") return { ...options, onDelete: set(() => Promise.resolve(instead)) };
  return { ...options, onDelete: rule, ...(rule === "set default" && instead !== null && { default: instead }) };
}

/** Rows by table and number: what their foreign keys hold. */
export type State = Map<number, (number | null)[]>[];

/** What a delete is to do. */
export interface Outcome {
  readonly error: "ProtectedError" | "RestrictedError" | "ForeignKeyViolation" | null;
  readonly byModel: Record<string, number>;
  readonly updates: Record<string, number>;
  readonly blockers: Record<string, number>;
  readonly after: State;
}

interface Pointing {
  readonly table: number;
  readonly at: number;
  readonly key: Key;
  readonly row: number;
}

/** Rows that point at one, and by which key. */
function pointingAt({ tables }: World, state: State, table: number, row: number): Pointing[] {
  return tables.flatMap(({ keys }, index) =>
    keys.flatMap((key, at) => {
      if (key.target !== table) return [];
      const rows = [...(state[index] as State[number])].filter(([, held]) => held[at] === row);
      return rows.map(([number]) => ({ table: index, at, key, row: number }));
    }),
  );
}

/**
 * What a delete of some rows does, by the rules as they are written down. `isStrict`: the database deletes no row that
 * points at itself, unless the key cascades or can be set NULL before.
 */
export function expected(
  given: World,
  before: State,
  [table, rows]: readonly [number, readonly number[]],
  isStrict: boolean,
): Outcome {
  const found = given.tables.map(() => new Set<number>());
  const pointing: Pointing[] = [];
  const open = rows.map((row) => [table, row] as const);
  for (const [at, row] of open) {
    const rows = found[at] as Set<number>;
    if (rows.has(row)) continue;
    rows.add(row);
    for (const one of pointingAt(given, before, at, row)) {
      pointing.push(one);
      if (one.key.rule === "cascade") open.push([one.table, one.row]);
    }
  }
  const stays = (one: Pointing): boolean => !found[one.table]?.has(one.row);
  const of = (...rules: string[]): Pointing[] => pointing.filter(({ key }) => rules.includes(key.rule));
  const named = ({ table: at, key }: Pointing): string => `${given.tables[at]?.name}.${key.name}`;
  const protecting = of("protect");
  const restricting = of("restrict").filter(stays);
  const updated = of("set null", "set default", "value", "function").filter(stays);
  const after: State = before.map((held, at) => {
    return new Map([...held].filter(([row]) => !found[at]?.has(row)).map(([row, keys]) => [row, [...keys]]));
  });
  for (const { table: at, row, at: place, key } of updated) {
    const keys = after[at]?.get(row) as (number | null)[];
    keys[place] = key.rule === "set null" ? null : key.instead;
  }
  const isHeld = ({ table: at, at: place, row, key }: Pointing): boolean => {
    const isOwn = key.target === at && before[at]?.get(row)?.[place] === row;
    return isStrict && isOwn && !key.nullable && key.rule !== "cascade" && !stays({ table: at, at: place, row, key });
  };
  const dangles = of("do nothing").some(stays) || pointing.some(isHeld) || !isWhole(given, after);
  const error = errorOf([protecting.length > 0, restricting.length > 0, dangles]);
  const names = given.tables.flatMap(({ name }, at) => Array.from(found[at] as Set<number>, () => name));
  return {
    error,
    byModel: counted(names),
    updates: counted(updated.map(named)),
    blockers: counted([...protecting, ...restricting].map(named)),
    after: error === null ? after : before,
  };
}

/** What is thrown: what comes first, wins. */
function errorOf(happens: readonly boolean[]): Outcome["error"] {
  const errors = ["ProtectedError", "RestrictedError", "ForeignKeyViolation"] as const;
  return errors.find((_, at) => happens[at]) ?? null;
}

/** True where every foreign key points at a row. */
function isWhole({ tables }: World, state: State): boolean {
  return tables.every(({ keys }, at) =>
    keys.every(({ target }, place) => {
      return [...(state[at] as State[number]).values()].every((held) => {
        const value = held[place] as number | null;
        return value === null || (state[target] as State[number]).has(value);
      });
    }),
  );
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
