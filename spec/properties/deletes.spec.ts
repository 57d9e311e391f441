import { describe, expect, it } from "vitest";
import type { Database } from "dunder-orm";
import { onEngines, useDatabase } from "../support/engines.js";
import {
  type AnyModel,
  Chance,
  expected,
  heldValue,
  keyValue,
  modelsOf,
  MOST_KEYS,
  ownValues,
  type State,
  type World,
  world,
} from "./deletes.js";
import { SEED } from "./runs.js";

const WORLDS = 16;
const STEPS = 30;
const CHANCES = 4000;

interface Blocker {
  readonly model: string;
  readonly field: string;
  readonly count: number;
}

/** A world's tables in a database, and what should be in them. */
class Played {
  readonly state: State;
  readonly #world: World;
  readonly #models: AnyModel[];
  readonly #chance: Chance;
  log: string;

  constructor(played: World, chance: Chance) {
    this.#world = played;
    this.#models = modelsOf(played);
    this.#chance = chance;
    this.state = played.tables.map(() => new Map());
    this.log = JSON.stringify(played);
  }

  async open(db: Database): Promise<void> {
    for (const model of this.#models) model.bind(db);
    await db.createTables(this.#models);
  }

  /** Makes new rows, which point at anything there is. */
  async grow(): Promise<void> {
    for (const [table, { keys, ...rest }] of this.#world.tables.entries()) {
      const rows = this.state[table] as State[number];
      for (let number = 1; number <= MOST_KEYS; number += 1) {
        if (rows.has(number) || this.#chance.upTo(2) === 0) continue;
        const held = keys.map((key) => {
          const there = [...(this.state[key.target] as State[number]).keys()];
          if (key.target === table) there.push(number);
          return key.nullable && this.#chance.upTo(3) === 0 ? null : (this.#chance.pick(there) ?? null);
        });
        if (held.some((value, at) => value === null && keys[at]?.nullable !== true)) continue;
        rows.set(number, held);
        const values = { ...ownValues({ keys, ...rest }, number), ...this.#values(table, held) };
        await this.#objects(table).create(values as never);
      }
    }
  }

  /** Points keys that can be NULL at something else: only so do tables point at each other. */
  async turn(): Promise<void> {
    for (const [table, spec] of this.#world.tables.entries()) {
      for (const [number, held] of this.state[table] as State[number]) {
        if (this.#chance.upTo(1) === 0) continue;
        spec.keys.forEach((key, at) => {
          const there = [...(this.state[key.target] as State[number]).keys()];
          if (key.nullable && there.length > 0) held[at] = this.#chance.pick(there);
        });
        if (held.length === 0) continue;
        const rows = this.#objects(table).filter({ pk: keyValue(spec, number) } as never);
        await rows.update(this.#values(table, held) as never);
      }
    }
  }

  /** Deletes some rows. `isStrict` is told of the database. */
  async remove(isStrict: boolean): Promise<void> {
    const table = this.#chance.upTo(this.#world.tables.length - 1);
    const spec = this.#world.tables[table] as World["tables"][number];
    const there = [...(this.state[table] as State[number]).keys()];
    const isOne = there.length > 0 && this.#chance.upTo(1) === 0;
    const numbers = isOne ? [this.#chance.pick(there)] : this.#chance.some(there);
    const outcome = expected(this.#world, this.state, [table, numbers], isStrict);
    const at = `${this.log}\n${this.#told()}\ndelete ${numbers.join()} of ${spec.name}`;
    const keys = numbers.map((number) => keyValue(spec, number));
    const rows = this.#objects(table).filter({ pk__in: keys } as never);
    const target = isOne ? await rows.get() : rows;

    const preview = (await target.delete({ dryRun: true })) as Record<string, object>;
    expect(preview["byModel"], at).toEqual(outcome.byModel);
    expect(preview["updates"], at).toEqual(outcome.updates);
    const blockers = (preview["blockers"] as Blocker[]).map(({ model, field, count }) => [`${model}.${field}`, count]);
    expect(Object.fromEntries(blockers), at).toEqual(outcome.blockers);

    const result: unknown = await target.delete().catch((error: unknown) => error);
    const total = Object.values(outcome.byModel).reduce((sum, count) => sum + count, 0);
    if (outcome.error === null) expect(result, at).toEqual({ total, byModel: outcome.byModel });
    else expect((result as Error).name, at).toBe(outcome.error);
    outcome.after.forEach((held, index) => (this.state[index] = held));
    expect(await this.#stored(), at).toBe(this.#told());
  }

  #objects(table: number): AnyModel["objects"] {
    return (this.#models[table] as AnyModel).objects;
  }

  #values(table: number, held: readonly (number | null)[]): object {
    const { keys } = this.#world.tables[table] as World["tables"][number];
    return Object.fromEntries(keys.map((key, at) => [key.name, heldValue(this.#world, key, held[at] ?? null)]));
  }

  /** What should be in the tables. */
  #told(): string {
    return this.#world.tables
      .map((spec, table) => {
        const rows = [...(this.state[table] as State[number])].map(([number, held]) => {
          return [...Object.values(ownValues(spec, number)), ...Object.values(this.#values(table, held))]
            .map(String)
            .join(" ");
        });
        return `${spec.name}: ${rows.sort().join(", ")}`;
      })
      .join("\n");
  }

  /** What is in the tables. */
  async #stored(): Promise<string> {
    const lines: string[] = [];
    for (const [table, { name, kind, keys }] of this.#world.tables.entries()) {
      const names = [...(kind === "pair" ? ["a", "b"] : ["id"]), "code", ...keys.map((key) => key.name)] as never[];
      const rows = (await this.#objects(table)
        .valuesList(...names)
        .all()) as unknown[][];
      lines.push(
        `${name}: ${rows
          .map((row) => row.map(String).join(" "))
          .sort()
          .join(", ")}`,
      );
    }
    return lines.join("\n");
  }
}

onEngines(`Random tables, rules and deletes (seed ${SEED})`, (engine) => {
  const held = useDatabase(engine, []);
  describe.each(Array.from({ length: WORLDS }, (_, number) => number))("world %i", (number) => {
    it("loses what it should", async () => {
      const chance = new Chance(SEED + number, CHANCES);
      const played = new Played(world(chance, `w${number}`), chance);
      await played.open(held.db);
      for (let step = 0; step < STEPS; step += 1) {
        await played.grow();
        await played.turn();
        // InnoDB looks at each row for itself.
        await played.remove(engine.name === "mysql");
      }
    });
  });
});
