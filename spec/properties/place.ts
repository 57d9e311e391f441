import type { Library, Row, TableName } from "./library.js";
import type { Hop } from "./relations.js";

type Joined = ReadonlyMap<string, Row | null>;

const NOTHING: Joined = new Map();

export function nameOf(hops: readonly Hop[]): string {
  return hops.map((hop) => hop.name).join("__");
}

/** A row, and which related rows are meant where there are many: what an expression is worked out at. */
export class Place {
  readonly library: Library;
  readonly root: Row;
  /** By path; null where there is none. */
  readonly joined: Joined;
  /** Where the query around stands. */
  readonly outer: Place | null;

  constructor(library: Library, root: Row, outer: Place | null = null, joined: Joined = NOTHING) {
    this.library = library;
    this.root = root;
    this.outer = outer;
    this.joined = joined;
  }

  /** The row at the end of a path: the one that is meant where the path leads to many. */
  at(hops: readonly Hop[]): Row | null {
    let at: Row | null = this.root;
    let name = "";
    for (const hop of hops) {
      name = name === "" ? hop.name : `${name}__${hop.name}`;
      const joined = this.joined.get(name);
      if (joined !== undefined) at = joined;
      else if (at !== null) at = hop.follow(this.library, at)[0] ?? null;
    }
    return at;
  }

  with(path: readonly Hop[], row: Row | null): Place {
    return new Place(this.library, this.root, this.outer, new Map([...this.joined, [nameOf(path), row]]));
  }

  /** The same row, no related ones meant. */
  alone(): Place {
    return this.joined.size === 0 ? this : new Place(this.library, this.root, this.outer);
  }

  /** Both joined; what comes first decides where both mean something. */
  merged(other: Place): Place {
    return new Place(this.library, this.root, this.outer, new Map([...other.joined, ...this.joined]));
  }

  /** One place for each of the related rows along paths, as a left join has it. */
  join(paths: readonly (readonly Hop[])[]): Place[] {
    let places: Place[] = [this];
    for (const path of paths) {
      path.forEach((hop, index) => {
        if (hop.many) places = places.flatMap((place) => place.#joinHop(path.slice(0, index + 1)));
      });
    }
    return places;
  }

  #joinHop(path: readonly Hop[]): Place[] {
    if (this.joined.has(nameOf(path))) return [this];
    const rows = this.related(path);
    return rows.length === 0 ? [this.with(path, null)] : rows.map((row) => this.with(path, row));
  }

  /** The rows that the last relation of a path leads to. */
  related(path: readonly Hop[]): readonly Row[] {
    const parent = this.at(path.slice(0, -1));
    return parent === null ? [] : (path.at(-1) as Hop).follow(this.library, parent);
  }
}

/** One place for each row of a table. */
export function placesOf(library: Library, table: TableName, outer: Place | null = null): Place[] {
  return library[table].map((row) => new Place(library, row, outer));
}
