import { NotSupportedError } from "../errors/index.js";

/** Refuses what MySQL and MariaDB have and this engine has not. */
export function onlyMysql(
  { name, label }: { readonly name: string; readonly label: string },
  what: string,
  instead: string,
): void {
  if (name === "mysql") return;
  throw new NotSupportedError(`${what} is there on MySQL and MariaDB, and this database is on ${label}.`, {
    hint: instead,
  });
}
