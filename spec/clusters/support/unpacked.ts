import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type UnpackedProgram, unpackDebianPackages, unpackedProgram } from "../../support/servers/debian-programs.js";

/** A program of another release of Debian's, unpacked beside the system into a folder that goes when the spec file ends. */
export async function unpackedFrom(suite: string, debianPackage: string, path: string): Promise<UnpackedProgram> {
  return unpackedProgram(await unpackedRoot(suite, debianPackage), path);
}

/** The folder itself. */
export async function unpackedRoot(suite: string, debianPackage: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), `dunder-${debianPackage}-programs-`));
  // The server's account is not ours.
  chmodSync(folder, 0o755);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  afterAll(remove);
  await unpackDebianPackages(folder, suite, [debianPackage]);
  return folder;
}
