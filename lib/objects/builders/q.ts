import { combine, whereExpression } from "../../expressions/index.js";
import type { QFactory } from "../../types/index.js";

/**
 * A condition of lookups which must all hold, to be combined with others before a queryset takes it.
 *
 * @example
 * ```ts
 * Track.objects.filter(Q({ title: "x" }).or(Q({ album__name: "y" })).not());
 * // … WHERE NOT ("title" = 'x' OR "album"."name" = 'y')
 * ```
 */
export const Q = Object.assign((where: object) => whereExpression(where), {
  and: (...items: unknown[]) => combine("and", items),
  or: (...items: unknown[]) => combine("or", items),
  xor: (...items: unknown[]) => combine("xor", items),
}) as unknown as QFactory;
