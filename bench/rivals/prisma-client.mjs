/** Generates Prisma's client: `node prisma-client.mjs sqlite|postgres|mysql`. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PROVIDERS = { sqlite: "sqlite", postgres: "postgresql", mysql: "mysql" };

const here = import.meta.dirname;
const folder = join(here, "node_modules", ".dunder-prisma");
const schema = join(folder, "schema.prisma");
mkdirSync(folder, { recursive: true });
const provider = PROVIDERS[process.argv[2]];
writeFileSync(schema, readFileSync(join(here, "schema.prisma"), "utf8").replace("PROVIDER", provider));

const { status } = spawnSync(process.execPath, ["node_modules/prisma/build/index.js", "generate", "--schema", schema], {
  cwd: here,
  stdio: "inherit",
  env: {
    ...process.env,
    // Generating needs no schema engine; naming any program keeps Prisma from downloading its own.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
    CHECKPOINT_DISABLE: "1",
  },
});
process.exitCode = status ?? 1;
