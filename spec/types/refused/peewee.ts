import { Count, F } from "dunder-orm";
import { Loan, Pair, Reader } from "../accepted/peewee.js";

export function peewee() {
  // @expect-error ✗ no such field or lookup: nmae
  Reader.get({ nmae: "x" });
  // @expect-error Type 'string' is not assignable to type 'number'
  Reader.select().where({ age__gt: "x" });
  // @expect-error ✗ no such field: titel
  Reader.select("titel");
  // @expect-error ✗ no such field: -nmae
  Reader.select().orderBy("-nmae");
  // @expect-error ✗ no such field: nmae
  Reader.select("name", { n: Count("*") }).groupBy("nmae");
  const groups = Reader.select("name", { n: Count("*") }).groupBy("name");
  // @expect-error ✗ no such field or lookup: m__gt
  groups.having({ m__gt: 3 });
  // @expect-error ✗ no such relation: loan
  Reader.select().join("loan");
  // @expect-error Type 'string' is not assignable to type 'number
  Reader.create({ name: "x", age: "3" });
  // @expect-error ✗ no such field: aeg
  Reader.update({ age: F("aeg").add(1) });
  // @expect-error 'nmae' does not exist
  Reader.insert({ name: "x", nmae: 1 });
  // @expect-error "nmae"
  Reader.insertMany([["x"]], { fields: ["nmae"] });
  // @expect-error is not assignable to
  Pair.getById(3);
  // @expect-error Property 'nmae' does not exist
  Loan.select("days").objects((row) => row.nmae);
}
