import { FieldError, type Problem } from "../../errors/index.js";
import { Refusal, refuse } from "../../fields/index.js";
import type { ManyToManyMeta, ModelMeta } from "../../models/index.js";
import { QUERY } from "../../query/index.js";
import { printable } from "../../util/printable.js";
import { type Member, memberNamed } from "../relations/members.js";
import { heard } from "../signals/signal.js";
import { defaultOf, isRequired } from "../writing/row-init.js";

/** Rows that a row is tied to as it is made: those that are made with it, others, and keys. */
export interface Ties {
  readonly row: object;
  readonly relation: ManyToManyMeta;
  readonly members: readonly unknown[];
}

/** Inserts the rows of through models that tie rows, and has it told of before and after. */
export async function tieAloud(ties: readonly Ties[], insert: () => Promise<void>): Promise<void> {
  const events = ties
    .filter(({ relation }) => heard.m2mChanged.hears(relation.through))
    .map(({ row, relation, members }) => {
      const { target, hops, name } = relation;
      const keys = members.map((member) => memberNamed({ target, columns: hops[1].targetColumns }, member).key);
      return { through: relation.through, event: { row, relation: name, keys } };
    });
  const send = async (action: string): Promise<void> => {
    for (const { through, event } of events) await heard.m2mChanged.send(through, { action, ...event });
  };
  await send("preAdd");
  await insert();
  await send("postAdd");
}

/** Refuses to make rows of a through model that need more than what they tie. */
export function checkBare(meta: ModelMeta, relation: ManyToManyMeta): void {
  const { through, hops, name } = relation;
  const tying = new Set([...hops[0].via.columns, ...hops[1].columns]);
  const needed = through.columns.filter(
    (column) => !tying.has(column) && isRequired(column) && defaultOf(through, column) === undefined,
  );
  if (needed.length === 0) return;
  const names = [...new Set(needed.map(({ field }) => field))];
  throw new FieldError(
    `${meta.name}.${name} in create({ ${name} }): rows of ${through.name} need ${names.map((field) => `"${field}"`).join(", ")}, ` +
      `too. Create the ${meta.name} without ${name}, then await row.${name}.add(…, { throughDefaults: { ${names[0]}: … } })` +
      `${alternative(meta, relation, names)}.`,
  );
}

/** Rows of the through model can be made along themselves, where the model has a name for them. */
function alternative({ relations }: ModelMeta, { hops }: ManyToManyMeta, [needed]: readonly string[]): string {
  const [{ via, name }, there] = hops;
  const isNamed = Object.hasOwn(relations, name);
  return isNamed && via !== there ? `, or give { ${name}: [{ ${there.name}: …, ${needed}: … }] }` : "";
}

/** Reads a row that is there, or its key; null for what is neither, which is put with the problems. */
export function givenMember(
  { target, hops }: ManyToManyMeta,
  value: unknown,
  path: string,
  problems: Problem[],
): Member | null {
  try {
    if (value !== null && typeof value === "object" && QUERY in value) {
      refuse(`expected rows of ${target.name}, got a queryset. Give what it finds: ...(await ….all()).`);
    }
    return memberNamed({ target, columns: hops[1].targetColumns }, value);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    problems.push({ field: path, message: error.message });
    return null;
  }
}

export function notAList({ target }: ManyToManyMeta, value: unknown): string {
  return `expected a list of rows of ${target.name}, their keys and objects of values, got ${printable(value)}.`;
}
