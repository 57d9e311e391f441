import type { Features } from "../ports/index.js";

/** What differs between the servers that speak MySQL's protocol. */
export interface Flavour {
  readonly label: "MySQL" | "MariaDB";
  readonly isMariadb: boolean;
  /** Compares text by code point, trailing spaces included. */
  readonly binaryCollation: string;
  /** Knows upper and lower case of as many letters as the server can. */
  readonly casingCollation: string;
  readonly insertReturning: boolean;
  /** SELECT … FOR UPDATE SKIP LOCKED. */
  readonly skipsLocked: boolean;
  readonly setOperations: Features["setOperations"];
  /** INSERT … AS name ON DUPLICATE KEY UPDATE; else VALUES(column) says what the new row has. */
  readonly rowAlias: boolean;
  /** JSON_TABLE, which reads JSON as rows. */
  readonly jsonTables: boolean;
}

export const MYSQL: Flavour = {
  label: "MySQL",
  isMariadb: false,
  binaryCollation: "utf8mb4_0900_bin",
  casingCollation: "utf8mb4_0900_ai_ci",
  insertReturning: false,
  skipsLocked: true,
  setOperations: "all",
  rowAlias: true,
  jsonTables: true,
};

export const MARIADB: Flavour = {
  label: "MariaDB",
  isMariadb: true,
  binaryCollation: "utf8mb4_nopad_bin",
  casingCollation: "utf8mb4_uca1400_ai_ci",
  insertReturning: true,
  skipsLocked: true,
  setOperations: "all",
  rowAlias: false,
  jsonTables: true,
};

/** Oldest servers that have the collations, JSON and window functions this library's SQL needs. */
const OLDEST = { MySQL: "8.0.17", MariaDB: "10.3" };

/** The flavour of a server, read from its `version()`: "8.4.3", "10.11.6-MariaDB-log"; null when it is too old. */
export function flavourOf(reported: string): Flavour | null {
  // MariaDB says 5.5.5 in front of its own version to clients that would not believe in a 10.
  const version = reported.replace(/^5\.5\.5-(?=\d)/, "");
  const base = /mariadb/i.test(version) ? MARIADB : MYSQL;
  if (isOlder(version, OLDEST[base.label])) return null;
  if (!base.isMariadb) {
    if (!isOlder(version, "8.0.31")) return base;
    return { ...base, setOperations: "union", rowAlias: !isOlder(version, "8.0.19") };
  }
  if (!isOlder(version, "10.10")) return base;
  const isOld = isOlder(version, "10.5");
  return {
    ...base,
    insertReturning: !isOld,
    skipsLocked: !isOlder(version, "10.6"),
    jsonTables: !isOlder(version, "10.6"),
    setOperations: isOld ? "distinct" : "all",
    casingCollation: "utf8mb4_unicode_520_ci",
  };
}

/** What to say of a server for which `flavourOf` gave null. */
export function oldestServers(): string {
  return `MySQL ${OLDEST.MySQL} or MariaDB ${OLDEST.MariaDB}`;
}

function isOlder(version: string, than: string): boolean {
  const numbers = parts(version);
  for (const [index, least] of parts(than).entries()) {
    const number = numbers[index] ?? 0;
    if (number !== least) return number < least;
  }
  return false;
}

function parts(version: string): number[] {
  return (/\d+(\.\d+)*/.exec(version)?.[0] ?? "0").split(".").map(Number);
}
