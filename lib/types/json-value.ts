/** JSON as it is when no type is given for it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
