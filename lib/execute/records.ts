import type { RecordLayout } from "../compile/index.js";
import type { Row } from "../databases/ports/index.js";
import { compileFunction, mayGenerate } from "../util/generate.js";

/** Makes of a driver's row what a query picked: an object, a list, or one value. */
export type RecordReader = (row: Row) => unknown;

export function recordReaderOf({ as, items }: RecordLayout): RecordReader {
  if (items.some(({ tuple }) => tuple !== undefined)) return tupleReaderOf(as, items);
  const valueAt = (index: number, row: Row): unknown => {
    const { at, decode } = items[index] as RecordLayout["items"][number];
    const read = row[at];
    return decode === null || read === null ? read : decode(read);
  };
  if (as === "flat") return (row) => valueAt(0, row);
  if (as === "lists") return (row) => items.map((_, index) => valueAt(index, row));
  if (mayGenerate()) return generated(items);
  return (row) => Object.fromEntries(items.map(({ name }, index) => [name, valueAt(index, row)]));
}

/** For rows that hold keys of several columns. */
function tupleReaderOf(as: RecordLayout["as"], items: RecordLayout["items"]): RecordReader {
  const read = items.flatMap(({ name, tuple }, at) => {
    const first = items.findIndex((item, index) => index < at && index + (item.tuple?.more ?? 0) >= at);
    return first >= 0 ? [] : [{ name: tuple?.name ?? name, parts: items.slice(at, at + 1 + (tuple?.more ?? 0)) }];
  });
  const valueOf = (parts: RecordLayout["items"], row: Row): unknown => {
    const values = parts.map(({ at, decode }) => (decode === null || row[at] === null ? row[at] : decode(row[at])));
    if (values.length === 1) return values[0];
    return values.includes(null) ? null : values;
  };
  if (as === "flat") return (row) => valueOf(read[0]?.parts ?? [], row);
  if (as === "lists") return (row) => read.map(({ parts }) => valueOf(parts, row));
  return (row) => Object.fromEntries(read.map(({ name, parts }) => [name, valueOf(parts, row)]));
}

/** Plain objects that all have one hidden class. Names and converters are handed in, so that neither becomes code. */
function generated(items: RecordLayout["items"]): RecordReader {
  const set = items.map(({ at, decode }, index) => {
    const read = decode === null ? `r[${at}]` : `r[${at}] === null ? null : d[${index}](r[${at}])`;
    return `this[n${index}] = ${read};`;
  });
  const text = `
    const [${items.map((_, index) => `n${index}`).join(", ")}] = names;
    function Row(r) { ${set.join("\n")} }
    Row.prototype = prototype;
    return (r) => new Row(r);`;
  const make = compileFunction<(...args: unknown[]) => RecordReader>(["names", "d", "prototype"], text);
  return make(
    items.map(({ name }) => name),
    items.map(({ decode }) => decode),
    Object.prototype,
  );
}
