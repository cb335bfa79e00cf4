import { byName } from '../model/by-name.ts';

/** How values of one type are written as JSON and read again. */
export interface Codec<Value> {
  readonly encode: (value: Value) => unknown;
  readonly decode: (encoded: unknown) => Value;
  /** The field's name in an encoded object, if it differs. */
  readonly encodedName?: string;
}

/** One codec for each field of a record: a field that is not listed does not compile. */
export type Fields<Fielded> = { readonly [Name in keyof Required<Fielded>]: Codec<Fielded[Name]> };

/** Maps, sets and functions do not survive JSON. */
type Plain<Value> = Value extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | ((...args: never) => unknown)
  ? never
  : Value extends object
    ? { [Name in keyof Value]: Plain<Value[Name]> }
    : Value;

/** A value that JSON keeps as it is. */
export const plain = <Value>(..._unfit: Value extends Plain<Value> ? [] : [never]): Codec<Value> => ({
  encode: (value) => value,
  decode: (encoded) => encoded as Value,
});

export const flag: Codec<boolean> = { encode: (value) => (value ? 1 : 0), decode: (encoded) => encoded === 1 };

/** A field that is true or absent. */
export const mark: Codec<true | undefined> = {
  encode: (value) => (value ? 1 : 0),
  decode: (encoded) => (encoded === 1 ? true : undefined),
};

/** A field that may be absent; 0 stands for that, so the value itself is never 0. */
export const optional = <Value>({ encode, decode }: Codec<Value>): Codec<Value | undefined> => ({
  encode: (value) => (value === undefined ? 0 : encode(value)),
  decode: (encoded) => (encoded === 0 || encoded === undefined ? undefined : decode(encoded)),
});

/** A record as an array, in the order of its list of fields. */
export function tuple<Fielded extends object>(fields: Fields<Fielded>): Codec<Fielded> {
  const names = Object.keys(fields) as (keyof Fields<Fielded>)[];
  return {
    encode: (record) => names.map((name) => fields[name].encode(record[name])),
    decode: (encoded) =>
      present(names.map((name, place) => [name, fields[name].decode((encoded as unknown[])[place])])) as Fielded,
  };
}

/** A record as an object. */
export function object<Fielded extends object>(fields: Fields<Fielded>): Codec<Fielded> {
  const names = Object.keys(fields) as (keyof Fields<Fielded> & string)[];
  const encodedName = (name: keyof Fields<Fielded> & string): string => fields[name].encodedName ?? name;
  return {
    encode: (record) => present(names.map((name) => [encodedName(name), fields[name].encode(record[name])])),
    decode: (encoded) =>
      present(
        names.map((name) => [name, fields[name].decode((encoded as Record<string, unknown>)[encodedName(name)])]),
      ) as Fielded,
  };
}

/** An object of a class, by the codec of its fields. */
export const instanceOf = <Fielded extends object, Made extends Fielded>(
  make: new () => Made,
  { encode, decode }: Codec<Fielded>,
): Codec<Made> => ({ encode, decode: (encoded) => Object.assign(new make(), decode(encoded)) });

/** A field whose name in an encoded object is another one. */
export const named = <Value>(encodedName: string, codec: Codec<Value>): Codec<Value> => ({ ...codec, encodedName });

type FromEntries = <Value>(entries: [name: string, value: Value][]) => Record<string, Value>;

/** Values by name; they become a record without a prototype unless `fromEntries` makes another. */
export const recordOf = <Value>(
  codec: Codec<Value>,
  fromEntries: FromEntries = byName,
): Codec<Record<string, Value>> => ({
  encode: (record) => Object.fromEntries(Object.entries(record).map(([name, value]) => [name, codec.encode(value)])),
  decode: (encoded) =>
    fromEntries(Object.entries(encoded as Record<string, unknown>).map(([name, value]) => [name, codec.decode(value)])),
});

/** A map as an array of tuples, each the key and then the fields of its value. */
export const mapOf = <Key extends string | number, Value>(codec: Codec<Value>): Codec<Map<Key, Value>> => ({
  encode: (map) => [...map].map(([key, value]) => [key, ...(codec.encode(value) as unknown[])]),
  decode: (encoded) => new Map((encoded as [Key, ...unknown[]][]).map(([key, ...rest]) => [key, codec.decode(rest)])),
});

const present = (entries: [name: PropertyKey, value: unknown][]): object =>
  Object.fromEntries(entries.filter(([, value]) => value !== undefined));
