import { FieldError } from "../../errors/index.js";
import { Expression, type Frame } from "../../expressions/index.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";
import { argumentOf } from "./argument-of.js";

type Options = Readonly<Record<string, unknown>>;

function windowed(name: string, args: readonly Expression[] = [], options: Options = {}): Expression {
  return new Expression({ kind: "windowed", name, args, options });
}

const ranking = (name: string) => () => windowed(name);

function shifted(name: string, label: string) {
  return (of: unknown, rows: unknown = 1, otherwise?: unknown): Expression => {
    const args = otherwise === undefined ? [of] : [of, otherwise];
    return windowed(
      name,
      args.map((arg) => argumentOf(arg, label)),
      { rows },
    );
  };
}

const seen = (name: string, label: string) => (of: unknown) => windowed(name, [argumentOf(of, label)]);

/** An object of options by known names. */
function optionsOf(given: unknown, names: readonly string[], where: string): Options {
  if (given === null || typeof given !== "object" || Array.isArray(given) || Expression.is(given)) {
    throw new FieldError(`${where}: expected { ${names.join(", ")} }, got ${printable(given)}.`);
  }
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    throw new FieldError(
      `${where}: there is no option "${name}".${didYouMean(name, names)} Options: ${names.join(", ")}.`,
    );
  }
  return given as Options;
}

function listOf(given: unknown): readonly unknown[] {
  if (given === undefined) return [];
  return Array.isArray(given) ? (given as unknown[]) : [given];
}

function windowOf(of: unknown, options: unknown = {}): Expression {
  if (!Expression.is(of)) {
    throw new FieldError(
      `Window(…) takes a function such as Rank(), or an aggregate such as Sum("price"), got ${printable(of)}.`,
    );
  }
  const { partitionBy, orderBy, frame } = optionsOf(options, ["partitionBy", "orderBy", "frame"], "Window(…, options)");
  return new Expression({
    kind: "window",
    of,
    partitionBy: listOf(partitionBy).map((part) => argumentOf(part, "Window(…, { partitionBy })")),
    orderBy: listOf(orderBy),
    frame: frame === undefined ? null : frameOf(frame),
  });
}

const TYPES = ["rows", "range", "groups"];
const EXCLUDED = ["current row", "group", "ties"];
const FRAME = "Window(…, { frame })";

function frameOf(given: unknown): Frame {
  const {
    type = "rows",
    start = null,
    end = null,
    exclude = null,
  } = optionsOf(given, ["type", "start", "end", "exclude"], FRAME);
  checkName("type", type, TYPES);
  if (exclude !== null) checkName("exclude", exclude, EXCLUDED);
  checkEdge("start", start, type);
  checkEdge("end", end, type);
  if (start !== null && end !== null && start > end) {
    throw new FieldError(`${FRAME}: it starts at ${start}, after its end at ${end}.`);
  }
  return Object.freeze({ type, start, end, exclude } as Frame);
}

function checkName(option: string, given: unknown, names: readonly string[]): void {
  if (typeof given === "string" && names.includes(given)) return;
  const near = typeof given === "string" ? didYouMean(given, names) : "";
  throw new FieldError(`${FRAME}: ${option} is one of ${names.join(", ")}, got ${printable(given)}.${near}`);
}

/** The largest distance that every engine takes. */
const FARTHEST = 2 ** 31 - 1;

function checkEdge(side: string, edge: unknown, type: unknown): asserts edge is number | null {
  if (edge === null) return;
  const isPlace = typeof edge === "number" && Math.abs(edge) <= FARTHEST;
  if (isPlace && (type === "range" || Number.isInteger(edge))) return;
  throw new FieldError(
    `${FRAME}: ${side} is a ${type === "range" ? "" : "whole "}number, negative for before the row, 0 for the row itself, ` +
      `or null for no bound, got ${printable(edge)}.`,
  );
}

/** The constructors of windows, and of the functions that need one. */
export const windows = {
  Window: windowOf,
  RowNumber: ranking("rowNumber"),
  Rank: ranking("rank"),
  DenseRank: ranking("denseRank"),
  PercentRank: ranking("percentRank"),
  CumeDist: ranking("cumeDist"),
  Ntile: (parts: unknown) => windowed("ntile", [], { parts }),
  Lag: shifted("lag", "Lag"),
  Lead: shifted("lead", "Lead"),
  FirstValue: seen("firstValue", "FirstValue"),
  LastValue: seen("lastValue", "LastValue"),
  NthValue: (of: unknown, n: unknown) => windowed("nthValue", [argumentOf(of, "NthValue")], { n }),
};
