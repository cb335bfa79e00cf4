/** A value as all but its owner see it: they can call its methods and read its fields, maps and lists, but write none. */
export type ReadOnly<Value> = Value extends (...args: never) => unknown
  ? Value
  : Value extends ReadonlyMap<infer Key, infer Held>
    ? ReadonlyMap<Key, ReadOnly<Held>>
    : Value extends object
      ? { readonly [Name in keyof Value]: ReadOnly<Value[Name]> }
      : Value;

/** The data of a class, without its methods. */
export type FieldsOf<Owner> = {
  [Name in keyof Owner as Owner[Name] extends (...args: never) => unknown ? never : Name]: Owner[Name];
};
