import { Album, Track } from "../accepted/music.js";

// @expect-error is not assignable to type
Track.inputSchema({ only: ["titel"] });
// @expect-error is not assignable to type
Track.inputSchema({ except: ["pk"] });
// @expect-error is not assignable to type
Album.inputSchema({ only: ["tracks"] });
// @expect-error 'partail' does not exist
Album.inputSchema({ partail: true });
export function read(body: unknown) {
  const result = Album.inputSchema({ only: ["name"] })["~standard"].validate(body);
  // @expect-error Property 'value' does not exist
  result.value;
  if (result.issues !== undefined) return;
  // @expect-error Property 'artist' does not exist
  result.value.artist;
}
