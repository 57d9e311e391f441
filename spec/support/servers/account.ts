import { readFileSync } from "node:fs";

/** An operating-system account, as `spawn` and `chown` take it. */
export interface Account {
  uid: number;
  gid: number;
}

/**
 * The account a database server has to run as: the first of `names` that this system has when we are root
 * (PostgreSQL and MariaDB both refuse root), else `null`, which means "as ourselves".
 */
export function serverAccount(...names: string[]): Account | null {
  if (process.getuid?.() !== 0) {
    return null;
  }
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of names) {
    const line = lines.find((candidate) => candidate.startsWith(`${name}:`));
    if (line !== undefined) {
      const [, , uid, gid] = line.split(":");
      return { uid: Number(uid), gid: Number(gid) };
    }
  }
  throw new Error(
    `A database server does not run as root, and none of the accounts ${names.join(", ")} exists. ` +
      "Run the tests as an ordinary user, or create one of these accounts.",
  );
}
