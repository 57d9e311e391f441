// What checking types costs: a generated project of 150 models and 1,500 queries, checked by TypeScript 7, has to stay
// under the limits of spec/types/budget.json; and so have 600 queries more, of expressions, by what they add to it: their
// cost is apart, so that neither part can live off the other. Instantiations are judged, which are the same each time;
// seconds are the machine's, and only shown. `--update` lowers the limits to what was measured; it never
// raises them.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const MODELS = 150;
/** Room for what a change of the compiler's own counts may bring. */
const SLACK = 1.02;
/** No ratchet is looser than this. */
const CEILING = 700_000;
/** The same for queries of expressions, beyond what the rest of the project costs. */
const EXPRESSIONS_CEILING = 500_000;

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const budgetFile = join(root, "spec/types/budget.json");
const library = join(root, "spec/types/prelude.ts");

const name = (index) => `Model${(index + MODELS) % MODELS}`;

/** Each model points at three others, and back at one: paths from any lead to all in a few hops. */
function modelFile(index) {
  const [parent, owner, other, child] = [1, 7, 31, -1].map((step) => name(index + step));
  return `import { fields, manager, Model } from "library";
${[parent, owner, other, child].map((model) => `import { ${model} } from "./${model}.js";`).join("\n")}

export class ${name(index)} extends Model("model_${index}", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 100 }),
  slug: fields.slug({ unique: true, null: true }),
  email: fields.email({ default: "a@example.com" }),
  status: fields.string({ choices: ["draft", "out", "gone"], default: "draft" }),
  notes: fields.text({ default: "" }),
  amount: fields.decimal({ precision: 12, scale: 2, default: "0.00" }),
  big: fields.bigInteger({ default: 0n }),
  ratio: fields.float({ null: true }),
  active: fields.boolean({ default: true }),
  day: fields.date({ null: true }),
  created: fields.datetime({ autoNowAdd: true }),
  position: fields.integer(),
  parent: () => fields.foreignKey(${parent}),
  owner: () => fields.foreignKey(${owner}, { onDelete: "cascade" }),
  other: () => fields.foreignKey(${other}, { null: true }),
  children: () => fields.hasMany(${child}, "parent"),
}) {
  static objects = manager(this);
  get label() {
    return this.title + this.position;
  }
}
`;
}

function queryFile(index) {
  const model = name(index);
  const key = index % 13;
  return `import { Q } from "library";
import { ${model} } from "./${model}.js";

export async function queries${index}(row: ${model}) {
  const rows = await ${model}.objects.filter({ title__icontains: "x", position__gte: ${key}, active: true }).all();
  ${model}.objects.filter({ parent__title: "x", owner__created__year__gte: 2000, other__isnull: true });
  ${model}.objects.filter({ parent__owner__status: "out", owner__parent__day__month: ${key}, parent: row.parent });
  ${model}.objects.filter({ parent__owner__other__big__lt: 5, children__children__title__startswith: "x" });
  const sorted = ${model}.objects.orderBy("-position", "parent__title", "owner__parent__created");
  const joined = await ${model}.objects.selectRelated("parent__owner", "other").filter({ pk: ${key} }).first();
  const one = await ${model}.objects.get({ slug: "x" });
  const made = await ${model}.objects.create({ title: "x", position: ${key}, parent: row.parent, owner: ${key} });
  const updated = await ${model}.objects.filter({ pk__in: [1, ${key}] }).update({ title: "y", amount: "1.00", other: null });
  ${model}.objects.exclude(Q({ status: "gone" }).or(Q({ parent__email__endswith: "x" })), { ratio__range: [0, 1] });
  const label: string | undefined = joined?.parent.owner.label;
  return [rows[0]?.label, sorted, label, joined?.other?.title, one.title, made.parent.pk, updated];
}
`;
}

/** Queries of expressions: four for each model. */
function expressionFile(index) {
  const model = name(index);
  const key = index % 13;
  return `import { Case, Count, F, Lower, Max, Q, Sum, Value, When } from "library";
import { ${model} } from "./${model}.js";

export async function expressions${index}() {
  const counted = ${model}.objects
    .annotate({ n: Count("children"), last: Max("children__position"), twice: F("position").mul(2).add(${key}) })
    .filter({ n__gt: ${key}, last__isnull: false, title: Lower("parent__title") })
    .orderBy("-n", F("position").desc({ nulls: "last" }));
  const row = await counted.first();
  const values = await ${model}.objects.values("title", "parent__title", "owner", { low: Lower("owner__title") }).all();
  const total = await ${model}.objects.aggregate({ sum: Sum("amount", { default: "0" }), most: Max("owner__position") });
  const state = Case(When(Q({ position__lt: ${key} }), Value("low")), { default: "title" });
  const grouped = await ${model}.objects.values("parent").annotate({ n: Count("*"), state }).filter({ n__gt: 1 }).get();
  const sum: string = total.sum;
  const found: [number | undefined, number | null | undefined] = [row?.n, row?.last];
  return [found, values[0]?.parent__title.length, values[0]?.low.length, sum, total.most, grouped.parent + grouped.n];
}
`;
}

/** The project's files are made beside nothing of ours, so that only what it imports is checked. */
function generate(folder, withExpressions) {
  mkdirSync(join(folder, "src"), { recursive: true });
  for (let index = 0; index < MODELS; index += 1) {
    writeFileSync(join(folder, "src", `${name(index)}.ts`), modelFile(index));
    writeFileSync(join(folder, "src", `queries-${index}.ts`), queryFile(index));
    if (withExpressions) writeFileSync(join(folder, "src", `expressions-${index}.ts`), expressionFile(index));
  }
  const config = {
    compilerOptions: {
      target: "es2022",
      module: "nodenext",
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      types: [],
      paths: { library: [library] },
    },
    include: ["src"],
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
}

/** Checks the project and reads the compiler's own figures. One thread, so that the time is comparable. */
function measure(folder) {
  const compiler = createRequire(import.meta.url).resolve("typescript7/package.json");
  const args = [join(dirname(compiler), "bin/tsc"), "-p", folder, "--extendedDiagnostics", "--singleThreaded"];
  let output;
  try {
    output = execFileSync(process.execPath, args, { encoding: "utf8" });
  } catch (error) {
    throw new Error(`The generated project does not compile:\n${String(error.stdout).slice(0, 4000)}`, {
      cause: error,
    });
  }
  const figure = (label) => {
    const found = new RegExp(`^${label}:\\s+([\\d.]+)`, "m").exec(output);
    if (found === null) throw new Error(`TypeScript printed no "${label}":\n${output}`);
    return Number(found[1]);
  };
  return { instantiations: figure("Instantiations"), checkSeconds: figure("Check time"), types: figure("Types") };
}

/** The least of a few runs: instantiations are the same each time, seconds are not. */
function best(folder, runs) {
  const results = Array.from({ length: runs }, () => measure(folder));
  return results.reduce((least, next) => (next.checkSeconds < least.checkSeconds ? next : least));
}

/** What is measured of a part against its limit; true where it keeps that. */
function within(title, { instantiations, checkSeconds, types }, limit) {
  console.log(
    `${title}: ${instantiations} instantiations (limit ${limit}), ${checkSeconds.toFixed(2)} s check, ${types} types`,
  );
  if (instantiations <= limit) return true;
  console.error(`Over budget: ${instantiations} instantiations, the limit is ${limit}.`);
  return false;
}

function beyond(whole, part) {
  return Object.fromEntries(Object.keys(part).map((key) => [key, whole[key] - part[key]]));
}

function lowered(limit, { instantiations }) {
  return { instantiations: Math.min(limit, Math.ceil(instantiations * SLACK)) };
}

function main() {
  const folder = mkdtempSync(join(tmpdir(), "type-budget-"));
  try {
    generate(folder, false);
    const plain = best(folder, 3);
    generate(folder, true);
    const added = beyond(best(folder, 3), plain);
    const budget = JSON.parse(readFileSync(budgetFile, "utf8"));
    const limit = Math.min(budget.instantiations, CEILING);
    const expressions = Math.min(budget.expressions.instantiations, EXPRESSIONS_CEILING);
    const kept = [
      within(`${MODELS} models, ${MODELS * 10} queries`, plain, limit),
      within(`${MODELS * 4} queries of expressions, beyond that`, added, expressions),
    ];
    if (kept.includes(false)) process.exitCode = 1;
    else if (process.argv.includes("--update")) {
      write({ ...lowered(limit, plain), expressions: lowered(expressions, added) });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function write(budget) {
  writeFileSync(budgetFile, `${JSON.stringify(budget, null, 2)}\n`);
  console.log(`The ratchets are at ${budget.instantiations} and ${budget.expressions.instantiations} instantiations.`);
}

main();
