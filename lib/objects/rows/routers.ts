import { ConfigurationError } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import type { ModelMeta } from "../../models/index.js";
import type { RoutedModel, Router } from "../../types/index.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";
import { noteRouting } from "./bindings.js";
import type { Operation } from "./named-database.js";

const METHODS = ["dbForRead", "dbForWrite", "allowRelation", "allowMigrate"] as const;

let routers: readonly Router[] = [];

/**
 * Sets who decides, in place of what models say of themselves, in which database something is done: of several routers
 * the first that answers. What was asked for by `using(…)`, or is bound, no router is asked about. `null`: none again.
 *
 * @example
 * ```ts
 * setRouter({
 *   dbForRead: (model) => (model.name === "Track" ? "archive" : undefined),
 *   dbForWrite: (model, { instance }) => undefined, // no opinion: the next router is asked, then the model
 *   allowMigrate: (database, model) => (model.name === "Track" ? database !== db : undefined),
 * });
 * ```
 * The methods are those of Django's DATABASE_ROUTERS.
 * @throws ConfigurationError for what is no router.
 */
export function setRouter(router: Router | readonly Router[] | null): void {
  const given = router === null ? [] : Array.isArray(router) ? (router as readonly Router[]) : [router as Router];
  given.forEach(checkRouter);
  routers = given;
  noteRouting();
}

function checkRouter(router: unknown): void {
  const methods = router as Readonly<Record<string, unknown>> | null;
  if (methods === null || typeof methods !== "object") {
    throw new ConfigurationError(
      `setRouter(…) takes objects with methods such as dbForRead, got ${printable(router)}.`,
    );
  }
  const unknown = Object.keys(methods).find((name) => typeof methods[name] === "function" && !isMethod(name));
  const there = METHODS.filter((name) => methods[name] !== undefined);
  if (there.length === 0 || (unknown !== undefined && didYouMean(unknown, METHODS) !== "")) {
    const what = unknown === undefined ? "has none of a router's methods" : `has no use for ${unknown}(…)`;
    throw new ConfigurationError(
      `setRouter(…): a router ${what}.${didYouMean(unknown ?? "", METHODS)} Methods: ${METHODS.join(", ")}.`,
    );
  }
  const wrong = there.find((name) => typeof methods[name] !== "function");
  if (wrong === undefined) return;
  throw new ConfigurationError(`setRouter(…): ${wrong} is a method, got ${printable(methods[wrong])}.`);
}

function isMethod(name: string): boolean {
  return (METHODS as readonly string[]).includes(name);
}

/** True where somebody is to be asked at all. */
export function hasRouters(): boolean {
  return routers.length > 0;
}

/** What routers say of where a model's rows are read or written, with the row that it is about; null for nothing. */
export function routedTo({ model }: ModelMeta, operation: Operation, instance: object | null): unknown {
  const hints = instance === null ? {} : { instance };
  const routed = model as unknown as RoutedModel;
  for (const router of routers) {
    const answer: unknown =
      operation === "read" ? router.dbForRead?.(routed, hints) : router.dbForWrite?.(routed, hints);
    if (answer !== undefined && answer !== null) return answer;
  }
  return null;
}

/** What routers say of a relation between two rows; null for nothing. */
export function relationAllowed(one: object, other: object): boolean | null {
  return said((router) => router.allowRelation?.(one, other), "allowRelation");
}

/** What routers say of whether a model has a table in a database; null for nothing. */
export function migrationAllowed(database: DatabaseCore, { model }: ModelMeta): boolean | null {
  return said((router) => router.allowMigrate?.(database as never, model as unknown as RoutedModel), "allowMigrate");
}

function said(ask: (router: Router) => unknown, method: string): boolean | null {
  for (const router of routers) {
    const answer = ask(router);
    if (typeof answer === "boolean") return answer;
    if (answer !== undefined && answer !== null) {
      throw new ConfigurationError(`A router's ${method}(…) says true, false or nothing, got ${printable(answer)}.`);
    }
  }
  return null;
}
