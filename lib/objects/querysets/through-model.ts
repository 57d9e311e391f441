import { fields } from "../../fields/index.js";
import { attachThroughMaker, type ModelClass } from "../../models/index.js";
import { Model } from "../instances/model.js";
import { QuerySetBase } from "./query-set.js";

type Declare = (table: string, declared: object, options: object) => new (values: object) => object;
type DeclareKey = (target: ModelClass, options: object) => unknown;

const declare = Model as unknown as Declare;
const foreignKey = fields.foreignKey as unknown as DeclareKey;

attachThroughMaker(({ name, table, keys, owner }) => {
  // The pair is unique, and its index serves the first key: that one needs none of its own.
  const declared = keys.map(([field, target], index) => {
    return [field, () => foreignKey(target, { onDelete: "cascade", index: index > 0 })] as const;
  });
  const { database, schema, managed } = owner.options;
  const constraints = [{ unique: keys.map(([field]) => field) }];
  const Through = class extends declare(table, Object.fromEntries(declared), {
    ...(database !== undefined && { database }),
    ...(schema !== undefined && { schema }),
    ...(managed !== undefined && { managed }),
    constraints,
  }) {
    static readonly objects = new QuerySetBase(this);
  };
  Object.defineProperty(Through, "name", { value: name });
  return Through;
});
