import { AliasNode, ColumnNode, IdentifierNode, type OperationNode, ReferenceNode, TableNode } from "kysely";
import { FieldError } from "../errors/index.js";
import type { ColumnMeta } from "../models/index.js";
import { asksWindow, holdsWindow, isOfMany, type Predicate, type Term, termsIn } from "../query/index.js";
import { grouped } from "./all-of.js";
import { multiplies } from "./filters.js";
import { checkGrouped } from "./grouped.js";
import { columnNode, type Source } from "./sources.js";
import type { WhereWriter } from "./where.js";
import type { Exports, WhereContext } from "./where-context.js";

/**
 * A query as the table of one around it, which asks about windows: `select … from (select …, rank() over (…) as c5 from
 * track) as t1 where t1.c5 <= 3`. What the query around names is a column of this one, and each thing but once.
 */
export class WindowTable implements Exports {
  readonly #inner: WhereWriter;
  readonly #context: WhereContext;
  readonly #alias: string;
  readonly #terms = new Map<Term, OperationNode>();
  readonly #columns = new Map<string, OperationNode>();
  /** What the query selects, each under a name. */
  readonly selections: OperationNode[] = [];

  constructor(inner: WhereWriter, context: WhereContext) {
    this.#inner = inner;
    this.#context = context;
    this.#alias = context.scope.aliases.next();
  }

  as(query: OperationNode): OperationNode {
    return AliasNode.create(query, IdentifierNode.create(this.#alias));
  }

  /** Something selected, as the query around selects it: under the name that it has. `term` is what it is of. */
  select(node: OperationNode, term: Term | null): OperationNode {
    const alias = AliasNode.is(node) ? node : null;
    const bare = alias?.node ?? node;
    const reference = this.#add(bare);
    if (ReferenceNode.is(bare)) this.#columns.set(keyOf(bare), reference);
    for (let at = term; at !== null; at = at.kind === "annotation" ? at.of.term : null) this.#terms.set(at, reference);
    if (alias !== null) return AliasNode.create(reference, alias.alias);
    const column = ReferenceNode.is(node) && ColumnNode.is(node.column) ? node.column.column : null;
    return column === null ? reference : AliasNode.create(reference, column);
  }

  column(source: Source, column: ColumnMeta): OperationNode {
    const node = columnNode(source, column) as ReferenceNode;
    const key = keyOf(node);
    const known = this.#columns.get(key);
    if (known !== undefined) return known;
    const reference = this.#add(node);
    this.#columns.set(key, reference);
    return reference;
  }

  term(term: Term, base: number, scope: number): OperationNode | null {
    const known = this.#terms.get(term);
    if (known !== undefined) return known;
    if (isWrittenAround(term)) return null;
    const { sources, groups } = this.#context;
    checkGrouped(sources.root.meta, term, groups);
    if (term.kind === "column") return this.column(sources.follow(term.path.hops, scope), term.path.column);
    const reference = this.#add(this.#inner.terms.write(term, base, scope));
    this.#terms.set(term, reference);
    return reference;
  }

  condition(predicate: Predicate, base: number, scope: number): OperationNode | null {
    const { sources, groups, base: own } = this.#context;
    const filter = { predicate, base: base - own };
    for (const term of termsIn(predicate)) if (!holdsWindow(term)) checkGrouped(sources.root.meta, term, groups);
    if (!asksWindow(predicate)) {
      return this.#add(multiplies(predicate) ? this.#inner.among(filter) : this.#inner.write(filter, scope));
    }
    if (predicate.kind !== "condition") return null;
    // The window of distinct(…), which no annotation names, may be over rows joined to many: values picked them.
    if (termsIn(predicate).some((term) => term.kind !== "window" && isOfMany(term))) {
      throw new FieldError(
        `${sources.root.meta.name}: "${predicate.lookup.key}" compares what is worked out over a window with many ` +
          `related rows. Compare it with an aggregate of these.`,
      );
    }
    // The query that it is compared with may name columns of this one.
    return predicate.query === null ? null : this.#add(this.#inner.write(filter, scope));
  }

  #add(node: OperationNode): OperationNode {
    const name = `c${this.selections.length + 1}`;
    this.selections.push(AliasNode.create(grouped(node), IdentifierNode.create(name)));
    return ReferenceNode.create(ColumnNode.create(name), TableNode.create(this.#alias));
  }
}

/** What the query around writes itself: values, columns of queries further out, and what is made of windows. */
function isWrittenAround(term: Term): boolean {
  // SQL of one's own names columns by their table.
  if (term.kind === "window" || term.kind === "raw") return false;
  return ["value", "null", "outer", "annotation"].includes(term.kind) || holdsWindow(term);
}

function keyOf({ table, column }: ReferenceNode): string {
  const name = ColumnNode.is(column) ? column.column.name : "*";
  return `${table?.table.identifier.name ?? ""}.${name}`;
}
