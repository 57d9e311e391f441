import { AsyncLocalStorage } from "node:async_hooks";
import { DEFINITION, metaOf, referrersOf, throughOwner } from "../../models/index.js";
import type { Named } from "./named-database.js";

/** Models bound to databases for as long as a function runs. */
interface Scope {
  readonly number: number;
  /** Those of the scopes around, too. */
  readonly bound: ReadonlyMap<object, Named>;
}

const bound = new WeakMap<object, Named>();
const scopes = new AsyncLocalStorage<Scope>();
// Until the first scope there is nothing to look up, and looking costs every query.
let scopesMade = 0;
let generation = 0;

/** Changes whenever models may have come to be in another database. */
export function bindingGeneration(): string {
  return scopesMade === 0 ? String(generation) : `${generation}/${scopes.getStore()?.number ?? 0}`;
}

export function noteRouting(): void {
  generation += 1;
}

export function bind(models: readonly object[], database: Named | null): void {
  generation += 1;
  for (const model of models) {
    if (database === null) bound.delete(model);
    else bound.set(model, database);
  }
}

/** Runs a function during which models are in another database, for the code that it runs alone. */
export function runBound<T>(models: readonly object[], database: Named, fn: () => T): T {
  const around = scopesMade === 0 ? undefined : scopes.getStore();
  const inside = new Map<object, Named>(around?.bound);
  // What was bound in a scope around, be it a class that this one extends, comes after what is bound here.
  for (const model of models) inside.set(model, database);
  scopesMade += 1;
  return scopes.run({ number: scopesMade, bound: inside }, fn);
}

/**
 * What a model was bound to; a proxy and a variant go where the model that they extend goes, and a through model where
 * its owner does.
 */
export function bindingOf(model: object): Named | undefined {
  const own = throughOwner(model) ?? model;
  const scope = scopesMade === 0 ? undefined : scopes.getStore();
  return (scope === undefined ? undefined : lookUp(own, scope.bound)) ?? lookUp(own, bound);
}

function lookUp(model: object, among: Pick<ReadonlyMap<object, Named>, "get">): Named | undefined {
  for (let at = model; DEFINITION in at; at = Object.getPrototypeOf(at) as object) {
    const database = among.get(at);
    if (database !== undefined) return database;
  }
  return undefined;
}

/** Models with all those that they are related to, however far. */
export function withRelated(models: readonly object[]): readonly object[] {
  const found = new Set(models);
  for (const model of found) {
    const meta = metaOf(model);
    for (const relation of Object.values(meta.relations)) {
      found.add(relation.target.model);
      if (relation.type === "manyToMany") found.add(relation.through.model);
    }
    for (const referrer of referrersOf(meta)) found.add(referrer.model.model);
    const { parent } = meta;
    if (parent !== null) found.add(parent.model.model);
  }
  return [...found];
}
