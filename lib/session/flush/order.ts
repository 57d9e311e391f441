import { type ForeignKeyMeta, META, type ModelMeta } from "../../models/index.js";
import { looseColumns } from "../../objects/deleting/delete-graph.js";
import type { StatefulRow } from "../../objects/rows/row-state.js";
import { CircularDependencyError } from "../errors.js";

/** A row that has to wait for another one, since a foreign key ties them. */
export interface Edge {
  readonly waiting: StatefulRow;
  readonly awaited: StatefulRow;
  readonly relation: ForeignKeyMeta;
  /** The one of them that has the foreign key. */
  readonly holder: StatefulRow;
}

/** Rows of one model that can be written together. */
export interface Step {
  readonly meta: ModelMeta;
  readonly rows: readonly StatefulRow[];
}

export interface Order {
  readonly steps: readonly Step[];
  /** Foreign keys that are to be null meanwhile, where rows wait for each other. */
  readonly loosened: readonly Edge[];
}

interface Queue {
  left: number;
  ready: StatefulRow[];
}

/** Puts rows into an order in which none comes before those that it waits for, in as few steps as can be. */
export function inOrder(rows: Iterable<StatefulRow>, edges: readonly Edge[]): Order {
  // Circles are opened before anything is put in order: what they hold up would else be written by itself.
  const loosened = new Ordering(rows, edges).loosened();
  const held = loosened.length === 0 ? edges : edges.filter((edge) => !loosened.includes(edge));
  return { steps: new Ordering(rows, held).steps(), loosened };
}

class Ordering {
  readonly #waits = new Map<StatefulRow, Set<Edge>>();
  readonly #dependents = new Map<StatefulRow, Edge[]>();
  readonly #queues = new Map<ModelMeta, Queue>();

  constructor(rows: Iterable<StatefulRow>, edges: readonly Edge[]) {
    for (const edge of edges) {
      const waits = this.#waits.get(edge.waiting);
      if (waits === undefined) this.#waits.set(edge.waiting, new Set([edge]));
      else waits.add(edge);
      const others = this.#dependents.get(edge.awaited);
      if (others === undefined) this.#dependents.set(edge.awaited, [edge]);
      else others.push(edge);
    }
    for (const row of rows) {
      const queue = this.#queueOf(row);
      queue.left += 1;
      if (!this.#waits.has(row)) queue.ready.push(row);
    }
  }

  #queueOf(row: StatefulRow): Queue {
    let queue = this.#queues.get(row[META]);
    if (queue === undefined) this.#queues.set(row[META], (queue = { left: 0, ready: [] }));
    return queue;
  }

  /** The foreign keys that open all circles. */
  loosened(): Edge[] {
    const loosened: Edge[] = [];
    for (let next = this.#next(); next !== "done"; next = this.#next()) {
      if (next !== "stuck") this.#take(next);
      else {
        const edge = loosest(this.#circle());
        loosened.push(edge);
        this.#release(edge);
      }
    }
    return loosened;
  }

  /** The order of rows that are in no circle. */
  steps(): Step[] {
    const steps: Step[] = [];
    for (let next = this.#next(); next !== "done" && next !== "stuck"; next = this.#next()) {
      steps.push({ meta: next, rows: this.#take(next) });
    }
    return steps;
  }

  #take(meta: ModelMeta): readonly StatefulRow[] {
    const queue = this.#queues.get(meta) as Queue;
    const rows = queue.ready;
    queue.ready = [];
    queue.left -= rows.length;
    for (const row of rows) for (const edge of this.#dependents.get(row) ?? []) this.#release(edge);
    return rows;
  }

  /** A model all of whose rows can be written; else that with most of them. */
  #next(): ModelMeta | "stuck" | "done" {
    let best: ModelMeta | null = null;
    let most = 0;
    let isDone = true;
    for (const [meta, { left, ready }] of this.#queues) {
      if (left > 0) isDone = false;
      if (left > 0 && left === ready.length) return meta;
      if (ready.length > most) [best, most] = [meta, ready.length];
    }
    if (isDone) return "done";
    return best ?? "stuck";
  }

  #release(edge: Edge): void {
    const waits = this.#waits.get(edge.waiting);
    if (waits?.delete(edge) !== true || waits.size > 0) return;
    this.#waits.delete(edge.waiting);
    this.#queueOf(edge.waiting).ready.push(edge.waiting);
  }

  /** Rows of which each waits for the next. */
  #circle(): Edge[] {
    const path: Edge[] = [];
    const places = new Map<StatefulRow, number>();
    let [at] = this.#waits.keys() as Iterator<StatefulRow> & Iterable<StatefulRow>;
    while (at !== undefined) {
      const seen = places.get(at);
      if (seen !== undefined) return path.slice(seen);
      places.set(at, path.length);
      const [edge] = this.#waits.get(at) as Set<Edge>;
      path.push(edge as Edge);
      at = (edge as Edge).awaited;
    }
    return path;
  }
}

function loosest(circle: readonly Edge[]): Edge {
  const edge = circle.find(({ relation }) => relation.nullable && looseColumns(relation).length > 0);
  if (edge !== undefined) return edge;
  const names = [...new Set(circle.map(({ holder, relation }) => `${holder[META].name}.${relation.name}`))];
  throw new CircularDependencyError(
    `Rows wait for each other: ${names.join(", ")}. None of these foreign keys may be null, so none can be written first.`,
    { hint: "Declare one of them with { null: true }: it is set once both rows are there." },
  );
}
