import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Database,
  type ExplainOptions,
  FieldError,
  fields,
  manager,
  Model,
  NotSupportedError,
  type QueryEvent,
  TransactionError,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20, unique: true }),
}) {
  static objects = manager(this);
}

class Track extends Model("track", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 20 }),
  album: () => fields.foreignKey(Album),
}) {
  static objects = manager(this);
}

type Ask = ExplainOptions & { readonly analyze: boolean; readonly format: NonNullable<ExplainOptions["format"]> };

const FORMATS = ["text", "json", "tree", "xml", "yaml"] as const;
/** What each can tell; with `analyze` after the slash. */
const KNOWN: Readonly<Record<string, string>> = {
  SQLite: "text",
  PostgreSQL: "text json xml yaml /text /json /xml /yaml",
  MySQL: "text json tree /text /tree",
  MariaDB: "text json /text /json",
};

onEngines("explain", (engine) => {
  let events: QueryEvent[] = [];
  const holder = useDatabase(engine, [Album, Track], { onQuery: (event) => events.push(event) });
  // MariaDB leaves out tables of which it knows that no row can match.
  beforeAll(async () => {
    await Album.objects.bulkCreate([
      { id: 1, name: "Malibu" },
      { id: 2, name: "é" },
    ]);
    await Track.objects.bulkCreate(Array.from({ length: 20 }, (_, index) => ({ title: `x${index}`, album: 1 })));
  });
  beforeEach(() => {
    events = [];
  });
  const label = (db: Database = holder.db) => (db as unknown as { engine: { label: string } }).engine.label;
  const tracks = Track.objects.filter({ title__contains: "x", album__name: "Malibu" }).orderBy("-title").limit(3);

  it("tells of the tables, in one statement, with the values bound", async () => {
    const plan = await tracks.explain();
    expect(plan).toMatch(/track/);
    expect(plan.split("\n").length).toBeGreaterThan(1);
    expect(events).toHaveLength(1);
    expect(events[0]?.sql).toMatch(/^explain /);
    expect(events[0]?.sql).not.toContain("Malibu");
    expect(events[0]?.model).toBe("Track");
  });

  it("tells of any queryset", async () => {
    for (const query of [
      Track.objects.values("title").distinct(),
      Track.objects.only("title", "album").selectRelated("album"),
      Track.objects.filter({ album__in: Album.objects.filter({ name: "é" }) }).reverse(),
      Track.objects.comment("why is it slow?"),
    ]) {
      expect(await query.explain()).not.toBe("");
    }
    expect(events.at(-1)?.sql).toMatch(/ \/\* why is it slow%3F \*\/$/);
    expect(await Track.objects.none().explain()).toBe("");
    expect(events).toHaveLength(4);
  });

  const asks: Ask[] = [false, true].flatMap((analyze) => FORMATS.map((format) => ({ analyze, format })));
  it.each(asks)("with analyze $analyze and format $format tells, or says what there is", async (options) => {
    const known = (KNOWN[label()] ?? "").split(" ");
    const asked = tracks.explain(options);
    if (known.includes(`${options.analyze ? "/" : ""}${options.format}`)) {
      const plan = await asked;
      expect(plan).toContain("track");
      if (options.format === "json") expect(JSON.parse(plan)).toBeTypeOf("object");
    } else {
      await expect(asked).rejects.toThrow(NotSupportedError);
      await expect(tracks.explain(options)).rejects.toThrow(/Formats: text|Leave it out/);
    }
  });

  it.skipIf(engine.name === "sqlite")("locks what it runs in a transaction alone", async () => {
    const locked = Album.objects.selectForUpdate();
    await expect(locked.explain({ analyze: true })).rejects.toThrow(TransactionError);
    expect(await locked.explain()).toContain("album");
    expect(await holder.db.atomic(() => locked.explain({ analyze: true }))).toContain("album");
  });

  describe("refuses", () => {
    // CVE-2022-28346 and CVE-2022-34265 of Django: names of options became SQL.
    const wrong: readonly (readonly [string, unknown, string])[] = [
      ["SQL as the name of an option", { "analyze) select 1; --": true }, "explain takes no option"],
      ["SQL as a format", { format: "json) select 1; --" }, "is one of text, json, tree, xml, yaml"],
      ["another format", { format: "xls" }, "is one of text, json, tree, xml, yaml"],
      ["an upper-case format", { format: "JSON" }, "is one of text, json, tree, xml, yaml"],
      ["a format that is no text", { format: ["json"] }, "is one of text"],
      ["options of the engine's", { verbose: true }, "Options: analyze, format."],
      ["a slip", { analyse: true }, 'Did you mean "analyze"?'],
      ["a switch that is none", { analyze: "yes" }, "true or false"],
      ["null", null, "takes an object of options, got null"],
      ["a text", "json", "takes an object of options"],
    ];
    it.each(wrong)("%s, before any SQL", async (_, options, message) => {
      await expect(tracks.explain(options as never)).rejects.toThrow(FieldError);
      await expect(tracks.explain(options as never)).rejects.toThrow(message);
      expect(events).toEqual([]);
    });
  });
});
