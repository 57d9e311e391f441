import { expect, it } from "vitest";
import { F, Q } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Note } from "./models.js";

onEngines("What is allowed", (engine) => {
  useDatabase(engine, [Note]);

  it("works on every engine: paths of sixty names", async () => {
    const root = await Note.objects.create({ title: "root" });
    await Note.objects.filter({ pk: root.pk }).update({ parent: root });
    const path = "parent__".repeat(59);
    expect(await Note.objects.filter({ [`${path}title`]: "root" } as never).count()).toBe(1);
    expect(await Note.objects.orderBy(`${path}title` as never).all()).toHaveLength(1);
    expect(await Note.objects.values(`${path}title` as never).all()).toEqual([{ [`${path}title`]: "root" }]);
    expect(
      await Note.objects
        .values(`${path}title` as never)
        .distinct()
        .count(),
    ).toBe(1);
    const lower = `title${"__lower".repeat(58)}`;
    expect(await Note.objects.filter({ [`${lower}__contains`]: "oo" } as never).count()).toBe(1);
  });

  it("works on every engine: conditions and expressions nested a hundred and ninety deep", async () => {
    let not = Q({ title: "root" });
    let mixed = Q({ title: "root" });
    let sum = F("rank");
    for (let depth = 0; depth < 190; depth += 1) {
      not = not.not();
      mixed = (depth % 2 === 0 ? mixed.or(Q({ rank: -depth })) : mixed.and(Q({ rank__gte: -depth }))) as never;
      sum = sum.add(1) as never;
    }
    expect(await Note.objects.filter(not).count()).toBe(1);
    expect(await Note.objects.filter(mixed).count()).toBe(1);
    expect(await Note.objects.annotate({ sum }).valuesList("sum", { flat: true }).all()).toEqual([190]);
  });
});
