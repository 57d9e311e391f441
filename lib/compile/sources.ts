import {
  AliasNode,
  AndNode,
  BinaryOperationNode,
  ColumnNode,
  IdentifierNode,
  JoinNode,
  type OperationNode,
  OperatorNode,
  ReferenceNode,
  TableNode,
} from "kysely";
import { literalNode } from "../databases/nodes.js";
import { FieldError } from "../errors/index.js";
import {
  type ColumnMeta,
  homeOf,
  linksOf,
  type ModelMeta,
  nameIn,
  type RelationMeta,
  schemaOf,
} from "../models/index.js";
import {
  hopKey,
  type JoinedFrom,
  joinedFrom,
  leadsThrough,
  type RelationFilter,
  relationFilter,
} from "../query/index.js";
import { allOf, grouped } from "./all-of.js";

/** A table in a query's FROM: the root, or one joined by following a relation. */
export interface Source {
  readonly meta: ModelMeta;
  readonly alias: string;
  readonly parent: Source | null;
  readonly relation: RelationMeta | null;
  /** Under what it is known among the tables that know it; null for the root. */
  readonly key: string | null;
  /** Those that join the table of a model's parent where a column of that is asked for; null where all columns are here. */
  readonly sources: Sources | null;
  /** True when no row can match without a row of this table, so that the join is an inner one. */
  required: boolean;
}

/** Counts aliases across a query and the queries inside it, so that none hides another. */
export class AliasCounter {
  #joins = 0;
  /** The names of all tables that are read by these alone, in lower case. */
  readonly tables = new Set<string>();
  #taken = "";

  /** The outermost table goes by its own name, which may be one of ours; engines differ on case. */
  avoid(table: string): void {
    this.#taken = table.toLowerCase();
  }

  /** Notes that a table is read: no other may have its name. */
  reads({ table, schema }: ModelMeta): void {
    if (schema === null) this.tables.add(table.toLowerCase());
  }

  next(): string {
    do this.#joins += 1;
    while (`t${this.#joins}` === this.#taken);
    return `t${this.#joins}`;
  }
}

/** In place of a `filter()` call's number: whichever joined a path first. */
export const ANY = -1;

/** The query around one that is written for a relation of it: paths that do not begin with that relation are its own. */
export interface Surroundings {
  readonly sources: Sources;
  readonly prefix: readonly RelationMeta[];
}

/**
 * The tables of one query. A path of relations to one row is joined once, whoever follows it; a path to many rows is
 * joined once for each `filter()` that follows it, since each may hold for other rows.
 */
export class Sources {
  readonly root: Source;
  readonly #aliases: AliasCounter;
  readonly #joined = new Map<string, Source>();
  /** The first of the joins of each path to many rows. */
  readonly #first = new Map<string, Source>();
  readonly #around: Surroundings | null;
  /** Writes the condition on a relation's rows that the query gave a name; whoever writes conditions sets it. */
  filtered: ((source: Source, filter: RelationFilter) => OperationNode) | null = null;

  /** Writes rows that are no table's; the same one sets it. */
  worked: ((from: JoinedFrom) => OperationNode) | null = null;

  /** `isTable`: the root is a model's table, not what is read in place of one. */
  constructor(
    meta: ModelMeta,
    aliases: AliasCounter,
    alias: string | null,
    around: Surroundings | null = null,
    isTable = true,
  ) {
    this.#aliases = aliases;
    this.#around = around;
    if (alias === null) aliases.avoid(meta.table);
    aliases.reads(meta);
    const place = { parent: null, relation: null, key: null, sources: isTable ? this : null };
    this.root = { meta, alias: alias ?? meta.table, ...place, required: true };
  }

  /** The table of the query itself, from which all paths lead: that of the query around, for one written for a relation. */
  get start(): Source {
    return this.#around === null ? this.root : this.#around.sources.start;
  }

  /**
   * The table at the end of a path. `scope` tells the `filter()` calls apart; ANY takes the rows that the first of them
   * looks at.
   */
  follow(hops: readonly RelationMeta[], scope: number): Source {
    const around = this.#around;
    if (around === null) return this.#follow(hops, scope);
    const { prefix } = around;
    return leadsThrough(hops, prefix)
      ? this.#follow(hops.slice(prefix.length), scope)
      : around.sources.follow(hops, scope);
  }

  #follow(hops: readonly RelationMeta[], scope: number): Source {
    let source = this.root;
    let key = "";
    let many = false;
    for (const hop of hops) {
      many ||= hop.type === "reverse" && hop.many;
      key += hopKey(hop);
      source = many ? this.#joinMany(key, source, hop, scope) : this.#join(key, source, hop);
    }
    return source;
  }

  #joinMany(key: string, parent: Source, relation: RelationMeta, scope: number): Source {
    const first = this.#first.get(key);
    if (scope === ANY && first !== undefined) return first;
    const source = this.#join(`${scope}:${key}`, parent, relation);
    if (first === undefined) this.#first.set(key, source);
    return source;
  }

  #join(key: string, parent: Source, relation: RelationMeta): Source {
    const known = this.#joined.get(key);
    if (known !== undefined) return known;
    // Those come first that it is joined by.
    if (parent.meta.parent !== null) for (const { here } of linksOf(relation)) placeOf(parent, here);
    const isTable = joinedFrom(relation) === null;
    if (isTable) this.#aliases.reads(relation.target);
    const { target: meta } = relation;
    const sources = isTable ? this : null;
    const source = { meta, alias: this.#aliases.next(), parent, relation, key, sources, required: false };
    this.#joined.set(key, source);
    return source;
  }

  /** The rows in the table of a parent that those of one of these tables extend. */
  above(source: Source, link: RelationMeta): Source {
    return this.#join(`${source.key ?? ""}${hopKey(link)}`, source, link);
  }

  /** True where a row of the root may come with no row of this table. */
  static isOptional(source: Source): boolean {
    if (source.parent === null || source.required) return false;
    const surelyThere = source.relation?.type === "foreignKey" && !source.relation.nullable;
    return !surelyThere || Sources.isOptional(source.parent);
  }

  /** The root of the whole query, also where these are the tables of a relation's rows within it. */
  get outermost(): Source {
    return this.#around === null ? this.root : this.#around.sources.outermost;
  }

  get hasJoins(): boolean {
    return this.#joined.size > 0;
  }

  /** The root and every table joined so far. */
  get all(): readonly Source[] {
    return [this.root, ...this.#joined.values()];
  }

  joinNodes(): JoinNode[] {
    const sources = [...this.#joined.values()];
    return sources.map((source) => {
      const node = this.#joinNode(source);
      // What a condition joins now would come too late for it.
      if (this.#joined.size > sources.length) throw joinsWithin(this.root.meta.name, source.relation?.name ?? "");
      return node;
    });
  }

  #joinNode(source: Source): JoinNode {
    const type = Sources.isOptional(source) ? "LeftJoin" : "InnerJoin";
    const from = joinedFrom(source.relation as RelationMeta);
    const on = this.#on(source);
    if (from === null) return JoinNode.createWithOn(type, tableNode(source.meta, source.alias), on);
    if (this.worked === null) throw new Error("Rows that are worked out are joined where no conditions are written.");
    const table = AliasNode.create(this.worked(from), IdentifierNode.create(source.alias));
    return JoinNode.createWithOn(from.kind === "query" ? `Lateral${type}` : type, table, on);
  }

  #on(source: Source): OperationNode {
    const on = joinCondition(source);
    const more = this.filterOf(source.relation as RelationMeta, source);
    if (on === null || more === null) return on ?? more ?? literalNode("true");
    return AndNode.create(on, more);
  }

  /** The condition on a relation's rows, of which `source` holds one; null for none. */
  filterOf(relation: RelationMeta, source: Source): OperationNode | null {
    const filter = relationFilter(relation);
    if (filter === null) return null;
    if (this.filtered === null)
      throw new Error("A relation with a condition is joined where no conditions are written.");
    return grouped(this.filtered(source, filter));
  }
}

/** A join's condition can look at tables that are there without it. */
export function joinsWithin(model: string, name: string): FieldError {
  return new FieldError(
    `${model}: the condition under which "${name}" is joined goes along another relation by OuterRef(…) in it. ` +
      `Ask about that by filter.`,
  );
}

/** A table under an alias, or under its own name where the alias is just that. */
export function tableNode(meta: ModelMeta, alias: string): OperationNode {
  const table = bareTable(meta);
  return alias === meta.table && schemaOf(meta) === null
    ? table
    : AliasNode.create(table, IdentifierNode.create(alias));
}

export function bareTable(meta: ModelMeta): TableNode {
  const schema = schemaOf(meta);
  return schema === null ? TableNode.create(meta.table) : TableNode.createWithSchema(schema, meta.table);
}

export function columnNode(source: Source, column: ColumnMeta): OperationNode {
  // The name of a kind is that of a declared field, and has letters, digits and underscores alone.
  if (column.constant !== undefined) return literalNode(`'${column.constant}'`);
  const { meta, sources } = source;
  if (meta.parent === null || sources === null) return heldNode(source, column.name);
  const { source: home, name } = placeOf(source, column);
  return heldNode(home, name);
}

/** The table that has a column of a source's model, joined where that is a parent's, and what it is called there. */
function placeOf(source: Source, column: ColumnMeta): { readonly source: Source; readonly name: string } {
  const { meta, sources } = source;
  if (meta.parent === null || sources === null || homeOf(meta, column) === meta) {
    return { source, name: nameIn(meta, column) };
  }
  return placeOf(sources.above(source, meta.parent.link), column);
}

/** The columns of a source's primary key. */
export function keyNodes(source: Source): OperationNode[] {
  return source.meta.primaryKey.map((column) => columnNode(source, column));
}

/** What these are called there. */
export function keyNames({ meta, sources }: Source): string[] {
  return meta.primaryKey.map((column) => (sources === null ? column.name : nameIn(meta, column)));
}

/** A column by its name in SQL, of a source that is no table. */
export function heldNode(source: Source, column: string): OperationNode {
  return ReferenceNode.create(ColumnNode.create(column), TableNode.create(source.alias));
}

/** null for a row that a condition alone joins. */
function joinCondition(source: Source): OperationNode | null {
  const parent = source.parent as Source;
  const relation = source.relation as RelationMeta;
  return linksOf(relation).length === 0 ? null : linked(relation, parent, source);
}

/** The condition under which a row and a row of a relation of it belong together. */
export function linked(relation: RelationMeta, from: Source, to: Source): OperationNode {
  const links = linksOf(relation).map(({ here, there }) => equal(columnNode(to, there), columnNode(from, here)));
  return allOf(links) as OperationNode;
}

export function equal(left: OperationNode, right: OperationNode): OperationNode {
  return BinaryOperationNode.create(left, OperatorNode.create("="), right);
}
