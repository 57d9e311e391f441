type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `type(value).is<T>()` compiles where the value's type is exactly `T`. */
export declare function type<A>(value: A): {
  is<B>(...proof: Same<A, B> extends true ? [] : [got: A, wanted: B]): void;
};
