import type { SqliteConnection } from "./connection.js";
import type { BackupProgress } from "./face.js";
import { driverLacks, driverOf } from "./refusal.js";

const HINT =
  'Use better-sqlite3, which is the default, or let SQLite write the copy: sqlite(db).vacuum({ into: "copy.sqlite" }).';

export interface BackupSettings {
  readonly file: string;
  /** Which database of the connection: "main", or one that was attached. */
  readonly attached: string;
  /** Pages copied at a time. */
  readonly pages: number;
  readonly onProgress: ((progress: BackupProgress) => void) | null;
}

/** Copies a database page by page, while others go on reading and writing. */
export function backup(connection: SqliteConnection, settings: BackupSettings): Promise<BackupProgress> {
  const { file, attached, pages, onProgress } = settings;
  return connection.direct((database) => {
    if (typeof database.backup !== "function") throw driverLacks(driverOf(database), "backups", "", HINT);
    const progress = (state: BackupProgress): number => {
      onProgress?.(state);
      return pages;
    };
    return database.backup(file, { attached, pages, progress });
  });
}

/** The file that a database is, as bytes. */
export function serialize(connection: SqliteConnection, attached: string): Uint8Array {
  return connection.direct((database) => {
    if (typeof database.serialize !== "function") throw driverLacks(driverOf(database), "serialization", "", HINT);
    return new Uint8Array(database.serialize({ attached }));
  });
}
