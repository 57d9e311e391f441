import { scoped } from "../execute/index.js";
import { metaOf } from "../models/index.js";
import { QUERY } from "../query/index.js";
import { QuerySetBase } from "../objects/querysets/query-set.js";
import { REFINED } from "../objects/querysets/refinable.js";
import type { QuerySet, Rows } from "../types/index.js";
import type { ROW } from "../types/phantoms.js";
import type { Core } from "./core.js";
import { SessionError } from "./errors.js";
import { relationshipOf } from "./relationships.js";
import { relationsOf } from "./reverses.js";

/** What querysets of a session can do beside. */
export interface SessionReads {
  /** The one row that there is: as `get()`. */
  one<Q extends { readonly [ROW]: unknown }>(this: Q): Promise<Q[typeof ROW]>;
  /** The same, or null for none. */
  oneOrNull<Q extends { readonly [ROW]: unknown }>(this: Q): Promise<Q[typeof ROW] | null>;
  /** The row at a place, from 0 on: a query with LIMIT and OFFSET; undefined where there is none. */
  at<Q extends { readonly [ROW]: unknown }>(this: Q, place: number): Promise<Q[typeof ROW] | undefined>;
}

/** The querysets of a model in a session: those of its own manager, if it has one by the name `objects`. */
export type SessionQuery<C> = (C extends { readonly objects: infer Q extends QuerySet<Rows<C>> }
  ? Q
  : QuerySet<Rows<C>>) &
  SessionReads;

type Base = new (model: unknown) => QuerySetBase;

const classes = new WeakMap<object, Base>();

function classOver(Base: Base): Base {
  let Class = classes.get(Base);
  if (Class === undefined) classes.set(Base, (Class = newClass(Base)));
  return Class;
}

function newClass(Base: Base): Base {
  return class SessionQuerySet extends Base {
    one(): Promise<object> {
      return this.get();
    }

    oneOrNull(): Promise<object | null> {
      return this.getOrNull();
    }

    async at(place: number): Promise<object | undefined> {
      const [row] = await this.slice(place, place + 1).all();
      return row;
    }
  };
}

/** All rows of a model, as a session has them. */
export function queryOf(core: Core, model: unknown): QuerySetBase {
  const meta = metaOf(model);
  if (scoped(core.database) !== core.database) {
    throw new SessionError(`session.query(${meta.name}) within db.withSchema(…): a session knows rows of one schema.`, {
      hint: "Ask it outside of that, or the models' own querysets inside.",
    });
  }
  const { objects } = model as { readonly objects?: unknown };
  const base = objects instanceof QuerySetBase ? objects : new QuerySetBase(model);
  const all = base[REFINED](base[QUERY], core.view);
  Object.setPrototypeOf(all, classOver(base.constructor as Base).prototype as object);
  const along = relationsOf(meta).filter((relation) => relationshipOf(meta, relation).lazy !== "select");
  return along.length === 0 ? all : all.fetchRelated(...along.map(({ name }) => name));
}
