import { ConfigurationError, type NotSupportedError } from "../../../errors/index.js";
import type { SqliteDatabase, SqliteDriver } from "../face.js";
import { lacking } from "../lacking.js";

/**
 * A driver that gives the key to a file just opened, ahead of anything that reads it. `open` throws
 * {@link ConfigurationError} where the driver knows no ciphers: it would take the key in silence, and write everything in
 * the clear.
 */
export function encrypted(driver: SqliteDriver): SqliteDriver {
  return {
    ...driver,
    open(path, { key, cipher, ...options }) {
      const database = driver.open(path, options);
      try {
        unlock(database, driver.name, String(key), cipher);
        // The copy would have no key, and pages of another size.
        return Object.assign(database, { backup: () => Promise.reject(noBackup(driver.name)) });
      } catch (error) {
        database.close();
        throw error;
      }
    },
  };
}

function noBackup(driver: string): NotSupportedError {
  const hint = 'Let SQLite write the copy, which has the same key: sqlite(db).vacuum({ into: "copy.sqlite" }).';
  return lacking(driver, "backup of encrypted files", { hint });
}

function unlock(database: SqliteDatabase, driver: string, key: string, cipher: unknown): void {
  if (!canEncrypt(database)) {
    throw new ConfigurationError(`${driver} can't encrypt, so it takes no key.`, {
      hint: 'Run: npm install better-sqlite3-multiple-ciphers, and say driver: "better-sqlite3-multiple-ciphers".',
    });
  }
  // A name, as the settings have seen to.
  if (typeof cipher === "string") database.pragma(`cipher = '${cipher}'`);
  // As bytes it is in no SQL.
  if (database.key !== undefined) database.key(Buffer.from(key, "utf8"));
  else database.pragma(`key = '${key.replaceAll("'", "''")}'`);
}

/** Both of the builds that there are name their cipher, or its version; plain SQLite answers with no row. */
function canEncrypt(database: SqliteDatabase): boolean {
  return ["cipher", "cipher_version"].some((name) => typeof database.pragma(name, { simple: true }) === "string");
}
