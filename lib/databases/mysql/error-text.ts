/** An error packet of the server, as the driver hands it on. */
export interface ServerError extends Error {
  readonly errno: number;
  readonly sqlState: string;
}

/** What a message of the server tells, without the values it quotes. */
export interface ErrorText {
  readonly message: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly columns?: readonly string[];
}

/** Reads names out of the server's words, by the errors that have some. */
const READERS: Readonly<Record<number, (text: string) => ErrorText>> = {
  1062: readDuplicate,
  1586: readDuplicate,
  1048: readColumn,
  1364: readColumn,
  1451: readForeignKey,
  1452: readForeignKey,
  3819: readCheck,
  4025: readCheck,
  1146: readMissingTable,
};

export function describeError({ errno, message }: ServerError): ErrorText {
  return READERS[errno]?.(message) ?? { message: withoutValues(message), columns: readColumnOfValue(message) };
}

/** `Duplicate entry 'a-b' for key 'artist.name'`: the key comes last, and only MySQL puts the table before it. */
function readDuplicate(text: string): ErrorText {
  const key = / for key '([^']*)'$/.exec(text)?.[1];
  if (key === undefined) return { message: "duplicate entry for a unique key" };
  const dot = key.lastIndexOf(".");
  return {
    message: `duplicate entry for key "${key}"`,
    constraint: key.slice(dot + 1),
    ...(dot > 0 && { table: key.slice(0, dot) }),
  };
}

/** `Column 'name' cannot be null`, `Field 'name' doesn't have a default value`. */
function readColumn(text: string): ErrorText {
  const column = /'([^']*)'/.exec(text)?.[1];
  return { message: text, columns: column === undefined ? [] : [column] };
}

/** `Table 'db.artist' doesn't exist` */
function readMissingTable(text: string): ErrorText {
  return { message: text, table: /'(?:[^']*\.)?([^'.]*)'/.exec(text)?.[1] };
}

/** `Data too long for column 'name' at row 1`, ``Incorrect integer value: … for column `db`.`track`.`n` at row 1`` */
function readColumnOfValue(text: string): string[] | undefined {
  const column = / for column (?:`[^`]*`\.)*[`']([^`']*)[`']/.exec(text)?.[1];
  return column === undefined ? undefined : [column];
}

/** ``… fails (`db`.`track`, CONSTRAINT `fk` FOREIGN KEY (`album_id`) REFERENCES `album` (`id`))`` */
function readForeignKey(text: string): ErrorText {
  const found = /\(`[^`]*`\.`([^`]*)`, CONSTRAINT `([^`]*)` FOREIGN KEY \(([^)]*)\)/.exec(text);
  if (found === null) return { message: text };
  const [, table, constraint, columns = ""] = found;
  return { message: text, table, constraint, columns: [...columns.matchAll(/`([^`]*)`/g)].map((match) => match[1]!) };
}

/** MariaDB: ``CONSTRAINT `positive` failed for `db`.`track` ``; MySQL: `Check constraint 'positive' is violated.` */
function readCheck(text: string): ErrorText {
  const mariadb = /CONSTRAINT `(.*)` failed for `[^`]*`\.`([^`]*)`/.exec(text);
  if (mariadb !== null) return { message: text, constraint: lastName(mariadb[1]!), table: mariadb[2] };
  return { message: text, constraint: /'([^']*)'/.exec(text)?.[1] };
}

/** A check of one column is named "table.column" by MariaDB. */
function lastName(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).replaceAll("`", "");
}

/** `Incorrect integer value: 'abc' for column …`, `… value is out of range in '3 + 4'`. */
function withoutValues(message: string): string {
  return message
    .replace(/ in '.*'$/s, "")
    .replace(/: '.*'(?= for column|$)/s, "")
    .replace(/: '.*$/s, "");
}
