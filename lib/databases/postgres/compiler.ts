import {
  type OperationNode,
  PostgresQueryCompiler,
  type QueryId,
  type RootOperationNode,
  type ValueNode,
} from "kysely";

/**
 * Writes a parameter that stands in a statement twice as one: PostgreSQL tells by that that what is ordered by is what is
 * selected or grouped by.
 */
export class SharingCompiler extends PostgresQueryCompiler {
  readonly #places = new Map<OperationNode, string>();

  override compileQuery(node: RootOperationNode, queryId: QueryId): ReturnType<PostgresQueryCompiler["compileQuery"]> {
    this.#places.clear();
    return super.compileQuery(node, queryId);
  }

  protected override visitValue(node: ValueNode): void {
    const known = this.#places.get(node);
    if (known !== undefined) return this.append(known);
    super.visitValue(node);
    if (node.immediate !== true) this.#places.set(node, `$${this.numParameters}`);
  }
}
