import { FieldError } from "../../errors/index.js";
import type { ModelMeta } from "../../models/index.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";

type Name = "all" | "dryRun" | "keepParents";

/** Reads what `delete(…)` was given; unknown names and anything but true and false are refused. */
export function readDeleteOptions(
  { name: model }: ModelMeta,
  given: unknown,
  allowed: readonly Name[],
): Readonly<Record<Name, boolean>> {
  if (given === null || typeof given !== "object") {
    throw new FieldError(`${model}: delete(…) takes options such as { dryRun: true }, got ${printable(given)}.`);
  }
  for (const [name, value] of Object.entries(given)) {
    if (!(allowed as readonly string[]).includes(name)) {
      throw new FieldError(
        `${model}: delete takes no option "${name}".${didYouMean(name, allowed)} Options: ${allowed.join(", ")}.`,
      );
    }
    if (value !== undefined && typeof value !== "boolean") {
      throw new FieldError(`${model}: delete({ ${name} }) takes true or false, got ${printable(value)}.`);
    }
  }
  const { all = false, dryRun = false, keepParents = false } = given as Partial<Record<Name, boolean>>;
  return { all, dryRun, keepParents };
}
