import type { Tuple } from "../../query/index.js";
import { type DeleteEdge, type DeleteNode, edgesWithin, targetOf } from "./delete-graph.js";
import { type FoundRows, identityOf } from "../reading/found-rows.js";

/** Rows of one table that are deleted together. */
export interface DeleteStep {
  readonly node: DeleteNode;
  readonly rows: readonly Tuple[];
  /** Some of them point at each other, or at themselves. */
  readonly isCircle: boolean;
}

/** The order in which the rows of a group of tables are deleted: none as long as another one points at it. */
export function inSteps(group: readonly DeleteNode[], found: ReadonlyMap<DeleteNode, FoundRows>): DeleteStep[] {
  const left = group.map((node) => ({ node, rows: found.get(node)?.rows ?? [] })).filter(({ rows }) => rows.length > 0);
  const edges = edgesWithin(group);
  return edges.length === 0 ? left.map((step) => ({ ...step, isCircle: false })) : byRows(left, edges);
}

interface Left {
  readonly node: DeleteNode;
  readonly rows: readonly Tuple[];
}

/** Row by row, since tables have no order: those that nothing points at, then those that only these pointed at. */
function byRows(tables: readonly Left[], edges: readonly DeleteEdge[]): DeleteStep[] {
  const steps: DeleteStep[] = [];
  let left = tables;
  while (left.length > 0) {
    const pointed = new Map(edges.map((edge) => [edge, targetsOf(edge, left)]));
    const isFree = (node: DeleteNode, row: Tuple): boolean => {
      return edges.every((edge) => edge.parent !== node || !pointed.get(edge)?.has(identityOf(targetOf(edge, row))));
    };
    const free = left.map(({ node, rows }) => ({ node, rows: rows.filter((row) => isFree(node, row)) }));
    if (free.every(({ rows }) => rows.length === 0))
      return [...steps, ...left.map((step) => ({ ...step, isCircle: true }))];
    for (const step of free) if (step.rows.length > 0) steps.push({ ...step, isCircle: false });
    left = left
      .map(({ node, rows }) => ({ node, rows: rows.filter((row) => !isFree(node, row)) }))
      .filter(({ rows }) => rows.length > 0);
  }
  return steps;
}

/** What rows that are left point at by a foreign key. A row that points at itself stands in nobody's way. */
function targetsOf(edge: DeleteEdge, left: readonly Left[]): Set<unknown> {
  const rows = left.find(({ node }) => node === edge.child)?.rows ?? [];
  const others = edge.child === edge.parent ? rows.filter((row) => !pointsAtItself(edge, row)) : rows;
  return new Set(others.map((row) => heldIn(edge, row)));
}

function pointsAtItself(edge: DeleteEdge, row: Tuple): boolean {
  return heldIn(edge, row) === identityOf(targetOf(edge, row));
}

function heldIn({ held }: DeleteEdge, row: Tuple): unknown {
  return identityOf(held.map((place) => row[place]));
}
