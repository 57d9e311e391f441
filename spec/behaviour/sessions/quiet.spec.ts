import { beforeEach, expect, it } from "vitest";
import { fields, manager, Model, set } from "dunder-orm";
import { objectState, relationship, Session } from "dunder-orm/session";
import { onEngines, useDatabase } from "../../support/engines.js";

class Paper extends Model("quiet_paper", {
  name: fields.string({ maxLength: 20 }),
  sheets: () => fields.hasMany(Sheet, "paper"),
  drafts: () => fields.hasMany(Sheet, "origin"),
  tags: () => fields.manyToMany(Tag),
  notes: () => relationship(Note, { backPopulates: "paper", cascade: "all, delete-orphan" }),
}) {
  static objects = manager(this);
}

class Tag extends Model("quiet_tag", {
  name: fields.string({ maxLength: 20 }),
  papers: () => fields.manyToMany(Paper, { reverse: "tags" }),
}) {
  static objects = manager(this);
}

class Sheet extends Model("quiet_sheet", {
  paper: () => fields.foreignKey(Paper, { null: true }),
  origin: () => fields.foreignKey(Paper, { null: true, onDelete: set(() => Paper.objects.get({ name: "other" })) }),
  text: fields.string({ maxLength: 20 }),
  version: fields.version(),
}) {
  static objects = manager(this);
}

class Note extends Model("quiet_note", {
  paper: () => fields.foreignKey(Paper, { null: true }),
  text: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

const models = [Paper, Tag, Sheet, Note, Paper.tags.through];

onEngines("sessions: what is not written yet", (engine) => {
  const holder = useDatabase(engine, models);

  beforeEach(async () => {
    for (const model of [Note, Sheet, Paper.tags.through, Tag, Paper]) {
      await (model as typeof Tag).objects.delete({ all: true });
    }
  });

  it("pairs that are to be tied and untied are seen when a relation is loaded, from both sides", async () => {
    const stored = await Paper.objects.create({ name: "p" });
    const [t, u] = [await Tag.objects.create({ name: "t" }), await Tag.objects.create({ name: "u" })];
    await stored.tags.add(t);
    await using session = new Session(holder.db, { autoflush: false });
    const paper = (await session.get(Paper, stored.pk)) as Paper;
    const [tied, other] = [(await session.get(Tag, t.pk)) as Tag, (await session.get(Tag, u.pk)) as Tag];
    paper.tags.append(other);
    expect(await other.papers.all()).toEqual([paper]);
    expect(await paper.tags.all()).toEqual([tied, other]);
    session.collection(paper, "tags").remove(tied);
    expect(await tied.papers.all()).toEqual([]);
    await session.commit();
    expect(await Tag.objects.filter({ papers: stored.pk }).valuesList("name", { flat: true }).all()).toEqual(["u"]);
  });

  it("rows that were given another owner are seen there when it loads its own", async () => {
    const [a, b] = [await Paper.objects.create({ name: "a" }), await Paper.objects.create({ name: "b" })];
    const stored = await Sheet.objects.create({ paper: a, text: "s" });
    await using session = new Session(holder.db, { autoflush: false });
    const sheet = (await session.get(Sheet, stored.pk)) as Sheet;
    const [from, to] = [(await session.get(Paper, a.pk)) as Paper, (await session.get(Paper, b.pk)) as Paper];
    sheet.paper = to;
    expect(await to.sheets.all()).toEqual([sheet]);
    expect(await from.sheets.all()).toEqual([]);
    await session.commit();
    expect((await Sheet.objects.get({})).paper?.pk).toBe(b.pk);
  });

  it("a row whose key was set by the rule of one that is gone knows its next version, and what it points at", async () => {
    await using session = new Session(holder.db);
    const [paper, other] = [new Paper({ name: "p" }), new Paper({ name: "other" })];
    const sheet = new Sheet({ paper, origin: paper, text: "x" });
    session.addAll([sheet, other]);
    await session.commit();
    expect(await other.drafts.all()).toEqual([]);
    session.delete(paper);
    await session.commit();
    expect(sheet.paper).toBe(null);
    expect(sheet.origin).toBe(other);
    expect(await other.drafts.all()).toEqual([sheet]);
    sheet.text = "y";
    await session.commit();
    expect((await Sheet.objects.get({})).text).toBe("y");
  });

  it("a row whose owner is set to null is an orphan, as one that was taken out", async () => {
    await using session = new Session(holder.db);
    const paper = new Paper({ name: "p" });
    const [first, second] = [new Note({ paper, text: "1" }), new Note({ paper, text: "2" })];
    session.addAll([first, second]);
    await session.commit();
    first.paper = null;
    second.paper = null;
    second.paper = paper;
    await session.commit();
    expect([first, second].map(objectState)).toEqual(["detached", "persistent"]);
    expect(await Note.objects.valuesList("text", { flat: true }).all()).toEqual(["2"]);
  });
});
