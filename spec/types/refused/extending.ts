import { defineAggregate, defineFunction, raw, registerLookup, registerTransform } from "../prelude.js";
import { Track } from "../accepted/music.js";

const sql = { toOperationNode: () => ({}) };
const Half = defineFunction("Half", { arguments: 1, result: "float", compile: () => sql });
const Last = defineAggregate("Last", { result: "date", compile: () => sql });

export async function extending() {
  // @expect-error ✗ no such field: postion
  Track.objects.annotate({ half: Half("postion") });
  // @expect-error ✗ no such field: postion
  await Track.objects.aggregate({ last: Last("postion") });
  // @expect-error is not assignable to parameter of type 'LookupKind'
  registerLookup("txt", "soundslike", { compile: () => sql });
  // @expect-error Property 'result' is missing in type
  registerTransform("text", "initial", { compile: () => sql });
  // @expect-error is not assignable to parameter of type 'RawSql'
  raw("length(title)");
  // @expect-error is not assignable to parameter of type 'RawSql'
  Track.objects.raw("select * from track");
}
