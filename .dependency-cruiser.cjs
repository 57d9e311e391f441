// The folder list is the pipeline (see docs/): a file may import from its own stage and from those above it here.
const stages = [
  ["util", "errors"],
  ["types"],
  ["fields"],
  ["models"],
  ["expressions"],
  ["lookups"],
  ["functions"],
  ["query"],
  ["databases/ports"],
  ["compile"],
  ["databases"],
  ["execute", "schema"],
  ["objects"],
];
const tools = [
  "session",
  "migrations",
  "introspection",
  "manager",
  "peewee",
  "json",
  "sqlite",
  "berkeleydb",
  "postgres",
  "mysql",
  "opentelemetry",
  "testing",
  "cli",
  "studio",
];

// lib/objects is the face of all of it, and a pipeline of its own: a room imports from those above it here.
const rooms = [
  "builders",
  "rows",
  "reading",
  "relations",
  "signals",
  "writing",
  "deleting",
  "instances",
  "many",
  "querysets",
];

const folders = (names) => `^lib/(${names.join("|")})/`;
// What engines implement, and the nodes they write SQL with, stand left of the compiler.
const PORTS = "^lib/databases/(ports/|nodes\\.ts$)";

const stageRules = stages.slice(0, -1).map((names, index) => {
  const later = stages.slice(index + 1).flat();
  const isBeforePorts = index < stages.findIndex((stage) => stage[0] === "databases/ports");
  return {
    name: `${names.join("-").replace("/", "-")}-imports-go-left`,
    comment: `${names.join(", ")} may import only what stands left of it: ${stages.slice(0, index).flat().join(", ") || "nothing"}.`,
    severity: "error",
    from: { path: folders(names), ...(names[0] === "databases" && { pathNot: PORTS }) },
    to: { path: folders(later), ...(!isBeforePorts && { pathNot: PORTS }) },
  };
});

const roomRules = rooms.slice(0, -1).map((room, index) => ({
  name: `objects-${room}-imports-go-left`,
  comment: `lib/objects/${room} may import of lib/objects only: ${rooms.slice(0, index + 1).join(", ")}.`,
  severity: "error",
  from: { path: `^lib/objects/${room}/` },
  to: { path: `^lib/objects/(${rooms.slice(index + 1).join("|")})/` },
}));

// A driver is known by the file that imports it, so that a missing one is reported in one place.
const driverRules = ["better-sqlite3", "pg", "pg-cursor", "mysql2"].map((driver) => ({
  name: `${driver}-in-one-file`,
  comment: `${driver} is imported (also for its types) in one file of lib/databases/ only.`,
  severity: "error",
  from: { path: "^lib/" },
  module: { path: `(^|/)node_modules/(@types/)?${driver}/`, numberOfDependentsMoreThan: 1 },
}));

module.exports = {
  forbidden: [
    {
      name: "no-circular",
      comment: "No cycles at all, type imports included: invert the dependency or move what both need to the left.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    ...stageRules,
    ...roomRules,
    {
      name: "objects-have-rooms",
      comment: `Every file of lib/objects stands in one of its rooms: ${rooms.join(", ")}.`,
      severity: "error",
      from: {},
      to: { path: "^lib/objects/", pathNot: `^lib/objects/(${rooms.join("|")})/` },
    },
    {
      name: "engines-do-not-compile",
      comment:
        "An engine sees ports, fields, types, errors and util; the compiler receives its operations as an argument.",
      severity: "error",
      from: { path: "^lib/databases/", pathNot: PORTS },
      to: { path: folders(["models", "expressions", "lookups", "query", "compile"]) },
    },
    {
      name: "engines-do-not-meet",
      comment: "One engine's folder does not import another's: share by a file of lib/databases/ itself.",
      severity: "error",
      from: { path: "^lib/databases/(sqlite|postgres|mysql)/" },
      to: { path: "^lib/databases/(sqlite|postgres|mysql)/", pathNot: "^lib/databases/$1/" },
    },
    {
      name: "core-knows-no-tools",
      comment: "The core imports neither its own entry nor what is built on it.",
      severity: "error",
      from: { path: folders(stages.flat()) },
      to: { path: `^lib/(index\\.ts$|(${tools.join("|")})/)` },
    },
    {
      name: "kysely-where-sql-is-made",
      comment:
        "kysely is imported in compile/, databases/, schema/, migrations/, introspection/ and the extensions only.",
      severity: "error",
      from: {
        path: "^lib/",
        pathNot: folders([
          "compile",
          "databases",
          "schema",
          "migrations",
          "introspection",
          "berkeleydb",
          "json",
          "peewee",
          "sqlite",
          "postgres",
          "mysql",
        ]),
      },
      to: { path: "(^|/)node_modules/kysely/" },
    },
    {
      name: "drivers-in-databases",
      comment: "A driver is imported in lib/databases/ only.",
      severity: "error",
      from: { path: "^lib/", pathNot: "^lib/databases/" },
      to: { path: "(^|/)node_modules/(@types/)?(better-sqlite3|pg|pg-cursor|mysql2)/" },
    },
    ...driverRules,
    {
      name: "no-dev-dependency",
      comment:
        "The package runs without what is installed to develop it; drivers are peers, their types are not shipped.",
      severity: "error",
      from: { path: "^lib/" },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
        dependencyTypesNot: ["npm-peer", "type-only"],
      },
    },
    {
      name: "lib-stands-alone",
      comment: "The package imports nothing from specs, examples, benchmarks or scripts.",
      severity: "error",
      from: { path: "^lib/" },
      to: { path: "^(spec|examples|bench|scripts)/" },
    },
    {
      name: "no-unresolvable",
      comment: "Every import leads somewhere.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    combinedDependencies: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
    cache: false,
  },
};
