import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * Programs as plain JavaScript beside the library's, in a folder inside the checkout, where they find packages: what
 * translates TypeScript on the fly adds to every class and function it makes, and none of that is ours to measure.
 */
export async function bundle(entry: Readonly<Record<string, string>>, folder: string): Promise<void> {
  await build({
    config: false,
    logLevel: "error",
    cwd: ROOT,
    entry: { ...entry },
    alias: {
      "dunder-orm/berkeleydb": join(ROOT, "lib/berkeleydb/index.ts"),
      "dunder-orm": join(ROOT, "lib/index.ts"),
    },
    outDir: folder,
    format: "esm",
    platform: "node",
    target: "node20.19",
    dts: false,
    clean: false,
    // Packages are loaded as they are; only our own sources, and what Prisma generates, become part of the program.
    external: [/^(?!dunder-orm(?:\/berkeleydb)?$)[@a-z]/],
  });
}
