import { Track } from "./music.js";

// A lookup and a transform of one's own become known by declaration merging.
declare module "dunder-orm" {
  interface TextLookups<T> {
    soundslike: T | string;
  }
  interface TextTransforms {
    vowels: "number";
  }
}

export const similar = Track.objects.filter({ title__soundslike: "x", album__name__vowels__gte: 2 });
