/** What in JSON of type `T` can be compared by order: numbers with numbers, texts with texts. */
export type JsonBound<T> = unknown extends T
  ? string | number
  : T extends number
    ? number
    : T extends string
      ? string
      : never;

/** What texts in JSON of type `T` are looked into for. */
export type JsonText<T> = unknown extends T ? string : T extends string ? string : never;

/** Some of what JSON of type `T` holds: of objects some keys, of arrays some items, or one that is no list or object. */
export type JsonPart<T> = unknown extends T
  ? unknown
  : T extends readonly (infer E)[]
    ? readonly JsonPart<E>[] | Exclude<E, object>
    : T extends object
      ? { readonly [K in keyof T]?: JsonPart<T[K]> }
      : T extends string
        ? string
        : T;

/** What stands one step into JSON of type `T`; digits are an index. `never` where nothing can. */
export type JsonMember<T, K> = unknown extends T
  ? T
  : T extends readonly (infer E)[]
    ? K extends `${number}`
      ? E
      : never
    : T extends object
      ? K extends keyof T
        ? Exclude<T[K], undefined>
        : never
      : never;

/** What stands at a path in JSON of type `T`. */
export type JsonAt<T, P> = P extends `${infer K}__${infer R}` ? JsonAt<JsonMember<T, K>, R> : JsonMember<T, P>;
