import { type OperationNode, SqliteQueryCompiler } from "kysely";
import type { Engine } from "../../ports/index.js";
import type { SqliteLacks } from "../face.js";
import { lacking } from "../lacking.js";

/** What functions of ours are for, by the beginnings of their names. */
const USES: readonly (readonly [beginning: RegExp, feature: string])[] = [
  [/^fold/, "comparing text whatever its case (iexact, icontains, istartswith, iendswith)"],
  [/^(?:lower|upper)/, "Lower and Upper beyond ASCII"],
  [/^dec|^round/, "exact decimals (comparing, ordering, summing, rounding)"],
  [/^regexp/, "regular expressions"],
  [/^(?:local|instant)/, "time zones"],
  [/^(?:shift|between)/, "arithmetic on datetimes"],
  [/^variance/, "variances and standard deviations"],
  [/^join/, "StringAgg"],
  [/^json/, "comparing JSON as a whole"],
];

const UNTAUGHT = "takes no functions written in JavaScript, so ";

/** Refuses what a driver lacks while SQL is written, by the name that it has here. */
class LimitedCompiler extends SqliteQueryCompiler {
  readonly #lacks: SqliteLacks;

  constructor(lacks: SqliteLacks) {
    super();
    this.#lacks = lacks;
  }

  /** Each node writes something of its own, with itself on top of the stack. */
  protected override append(text: string): void {
    const node = this.nodeStack.at(-1);
    if (node !== undefined) this.#refuseNode(node);
    if (this.#lacks.functions === true && node?.kind !== "IdentifierNode") this.#refuseFunctions(text);
    this.#refuseText(text);
    super.append(this.#lacks.reword?.(text) ?? text);
  }

  #refuseNode(node: OperationNode): void {
    const missing = this.#lacks.missing?.(node) ?? null;
    if (missing !== null) throw lacking(this.#lacks.driver, missing);
  }

  #refuseText(text: string): void {
    for (const [found, feature] of this.#lacks.texts ?? []) {
      if (found.test(text)) throw lacking(this.#lacks.driver, feature);
    }
  }

  #refuseFunctions(text: string): void {
    const name = /\bdunder_(\w+)/.exec(text)?.[1];
    if (name === undefined) return;
    const use = USES.find(([beginning]) => beginning.test(name))?.[1];
    throw lacking(this.#lacks.driver, use ?? `the function dunder_${name}`, { reason: UNTAUGHT });
  }
}

const limited = new WeakMap<SqliteLacks, Engine>();

/** The engine as it is through a driver that lacks something. */
export function limitedEngine(engine: Engine, lacks: SqliteLacks): Engine {
  const known = limited.get(lacks);
  if (known !== undefined) return known;
  const made: Engine = {
    ...engine,
    features: { ...engine.features, ...lacks.features },
    operations: { ...engine.operations, ...lacks.operations },
    schema: { ...engine.schema, ...lacks.schema },
    createCompiler: () => new LimitedCompiler(lacks),
    identify: () => made,
  };
  limited.set(lacks, made);
  return made;
}
