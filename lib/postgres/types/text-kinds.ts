import type { AnyExpression } from "../../types/expression.js";
import type { EqualityLookups, OrderLookups } from "../../types/lookups.js";
import type { Chosen, FieldOptions, IsKey, IsNull, IsOptional, Known } from "../../types/options.js";
import type { Spec } from "../../types/specs.js";

type Options = FieldOptions<string>;

export type CitextFieldFactory = <const O extends Options = {}>(
  options?: O & Known<O, Options>,
) => Spec<Chosen<string, O>, IsNull<O>, IsOptional<O>, "text", IsKey<O>>;

export type AddressFieldFactory<Family extends string> = <const O extends Options = {}>(
  options?: O & Known<O, Options>,
) => Spec<Chosen<string, O>, IsNull<O>, IsOptional<O>, Family, IsKey<O>>;

export type EnumFieldFactory = <const V extends string, const O extends FieldOptions<V> = {}>(
  name: string,
  values: readonly V[],
  options?: O & Known<O, FieldOptions<V>>,
) => Spec<V, IsNull<O>, IsOptional<O>, "enum", IsKey<O>>;

/** Lookups of addresses. */
export interface InetLookups<T> extends EqualityLookups<T>, OrderLookups<string | AnyExpression> {
  /** Within a network, and not that itself. */
  net_contained: string;
  net_contained_or_equal: string;
  /** A network that has another one in it, or an address. */
  net_contains: string;
  net_contains_or_equals: string;
  /** One has the other in it. */
  net_overlaps: string;
}

export interface InetTransforms {
  /** The address by itself. */
  host: "text";
  /** 4 or 6. */
  family: "number";
  /** How many bits the network's part has. */
  prefixlen: "number";
}

export interface MacaddrLookups<T> extends EqualityLookups<T>, OrderLookups<string> {}

/** Lookups of one of several values, which are in the order that they were listed in. */
export interface EnumLookups<T> extends EqualityLookups<T>, OrderLookups<T> {}

declare module "../../types/lookups.js" {
  interface FamilyLookups<T> {
    inet: InetLookups<T>;
    macaddr: MacaddrLookups<T>;
    enum: EnumLookups<T>;
  }
}
declare module "../../types/transforms.js" {
  interface FamilyTransforms {
    inet: InetTransforms;
    macaddr: {};
    enum: {};
  }
}
declare module "../../fields/scalar-field.js" {
  interface Families {
    readonly inet: true;
    readonly macaddr: true;
    readonly enum: true;
  }
}
