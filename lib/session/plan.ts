import { META } from "../models/index.js";
import type { Core } from "./core.js";
import type { LinkChanges } from "./links.js";
import { linksOfRow } from "./links.js";
import { type UpdateGroup, updatesBeside } from "./flush/updates.js";
import { workOf } from "./flush/work.js";

/** A part of what a flush would do. */
export interface PlanStep {
  readonly action: "insert" | "update" | "tie" | "untie" | "delete";
  readonly model: string;
  readonly rows: readonly object[];
  /** Of updates: the fields that are written. */
  readonly fields?: readonly string[];
}

/** What a flush would do, in order. As a text it is to be read. */
export class FlushPlan {
  readonly steps: readonly PlanStep[];

  constructor(steps: readonly PlanStep[]) {
    this.steps = steps;
  }

  /** True where it would do nothing. */
  get isEmpty(): boolean {
    return this.steps.length === 0;
  }

  toString(): string {
    if (this.isEmpty) return "nothing to flush";
    return this.steps
      .map(({ action, model, rows, fields }, at) => {
        const what = fields === undefined ? "" : ` (${fields.join(", ")})`;
        const some = rows.slice(0, 5).map(String).join(", ");
        return `${at + 1}. ${action} ${rows.length} ${model}${what}: ${some}${rows.length > 5 ? ", …" : ""}`;
      })
      .join("\n");
  }
}

/** Works out what a flush would do, and does nothing. */
export async function planOf(core: Core): Promise<FlushPlan> {
  const work = await workOf(core);
  const inserts = work.order.steps.map(({ meta, rows }) => ({ action: "insert", model: meta.name, rows }) as const);
  const late = new Set(work.order.loosened.map(({ holder }) => holder));
  const [before, after] = updatesBeside(work.groups, work.inserts);
  const again = [...late].map((row) => {
    const names = work.order.loosened.filter(({ holder }) => holder === row).map(({ relation }) => relation.name);
    return { action: "update", model: row[META].name, rows: [row], fields: names } as const;
  });
  const ties = work.links.flatMap((row) => {
    return [...(linksOfRow(row) ?? [])].flatMap(([{ through }, changes]) => tieSteps(through.name, changes));
  });
  const deletes = work.doom.order.steps.map(
    ({ meta, rows }) => ({ action: "delete", model: meta.name, rows }) as const,
  );
  return new FlushPlan([
    ...before.map(updateStep),
    ...inserts,
    ...after.map(updateStep),
    ...again,
    ...ties,
    ...deletes,
  ]);
}

function updateStep({ meta, rows, columns }: UpdateGroup): PlanStep {
  const fields = [...new Set(columns.map((column) => column.field))];
  return { action: "update", model: meta.name, rows, fields };
}

function tieSteps(model: string, { added, removed }: LinkChanges): PlanStep[] {
  const steps: PlanStep[] = [];
  if (removed.size > 0) steps.push({ action: "untie", model, rows: [...removed] });
  if (added.size > 0) steps.push({ action: "tie", model, rows: [...added.keys()] });
  return steps;
}
