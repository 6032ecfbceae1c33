/**
 * Encodes input items as `zkvm::io::read` expects them: BCS, Binary Canonical Serialization. Needs neither Hardhat nor the
 * prover; the same object is `hre.zkvm.input`, and `--input` of the tasks is encoded by it.
 *
 * Every function gives bytes, so that values are put together freely, and one result is one item:
 *
 *     input.u32(20)
 *     input.struct({ n: input.u32(20), names: input.vec(['a', 'b'].map(input.string)), limit: input.option(undefined) })
 *
 * Errors name the type and what it takes, never the value: input may be private.
 */

/** A value has no encoding of the wanted type. The message does not contain the value. */
export class InputError extends Error {
  readonly code = 'INPUT';
  override readonly name = 'InputError';
}

/** Longest sequence in BCS. */
const MAX_LENGTH = 2 ** 31 - 1;

/** What a value is, without the value. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return `an object of type ${value.constructor?.name ?? 'Object'}`;
  return `a ${typeof value}`;
}

/** True for a `Uint8Array` of this or another realm; `Buffer` is one. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as Partial<Uint8Array>)[Symbol.toStringTag] === 'Uint8Array';
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Little endian; signed values in two's complement. */
function integer(type: string, bits: number, isSigned: boolean): (value: number | bigint) => Uint8Array {
  const [least, most] = isSigned
    ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n]
    : [0n, 2n ** BigInt(bits) - 1n];
  const range = `${type} takes a whole number from ${least} to ${most}`;
  return (value) => {
    if (typeof value !== 'bigint' && typeof value !== 'number') throw new InputError(`${range}, got ${kindOf(value)}`);
    if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      throw new InputError(`${range}; numbers beyond 2^53 must be bigints`);
    }
    const exact = BigInt(value);
    if (exact < least || exact > most) throw new InputError(range);
    let rest = BigInt.asUintN(bits, exact);
    return Uint8Array.from({ length: bits / 8 }, () => {
      const byte = Number(rest & 0xffn);
      rest >>= 8n;
      return byte;
    });
  };
}

/** Lengths and variant numbers: seven bits per byte, the lowest first. */
function uleb128(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function withLength(count: number, parts: readonly Uint8Array[]): Uint8Array {
  if (count > MAX_LENGTH) throw new InputError(`BCS has room for ${MAX_LENGTH} elements, got ${count}`);
  return concat([uleb128(count), ...parts]);
}

function utf8(type: string, value: string): Uint8Array {
  if (typeof value !== 'string') throw new InputError(`${type} takes a string, got ${kindOf(value)}`);
  if (!value.isWellFormed()) throw new InputError(`${type} takes well-formed Unicode; this has half a surrogate pair`);
  return new TextEncoder().encode(value);
}

/** Bytes, or their hex form with `0x`. */
function toBytes(type: string, value: Uint8Array | string): Uint8Array {
  if (isBytes(value)) return Uint8Array.from(value);
  if (typeof value !== 'string') {
    throw new InputError(`${type} takes a Uint8Array or a string of hex digits after 0x, got ${kindOf(value)}`);
  }
  if (!value.startsWith('0x')) throw new InputError(`${type} takes hex with 0x in front; for text use the type text`);
  const digits = value.slice(2);
  if (!/^[0-9a-fA-F]*$/.test(digits))
    throw new InputError(`${type} takes hex digits after 0x, and there is another sign`);
  if (digits.length % 2 !== 0)
    throw new InputError(`${type} takes two hex digits per byte, and there is an odd number`);
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

function parts(type: string, values: readonly Uint8Array[]): readonly Uint8Array[] {
  const given: unknown = values;
  if (!Array.isArray(given)) throw new InputError(`${type} takes an array of encoded values, got ${kindOf(given)}`);
  for (const [i, value] of values.entries()) {
    if (!isBytes(value)) {
      throw new InputError(`${type} takes encoded values such as input.u32(20); number ${i + 1} is ${kindOf(value)}`);
    }
  }
  return values;
}

/** The encoder. Every function throws {@link InputError} for a value that the type has no room for. */
export const input = Object.freeze({
  u8: integer('u8', 8, false),
  u16: integer('u16', 16, false),
  u32: integer('u32', 32, false),
  u64: integer('u64', 64, false),
  u128: integer('u128', 128, false),
  i8: integer('i8', 8, true),
  i16: integer('i16', 16, true),
  i32: integer('i32', 32, true),
  i64: integer('i64', 64, true),
  i128: integer('i128', 128, true),

  /** Rust's `bool`. */
  bool(value: boolean): Uint8Array {
    if (typeof value !== 'boolean') throw new InputError(`bool takes true or false, got ${kindOf(value)}`);
    return Uint8Array.of(value ? 1 : 0);
  },

  /** Rust's `String`: its length, then UTF-8. */
  string(value: string): Uint8Array {
    const encoded = utf8('string', value);
    return withLength(encoded.length, [encoded]);
  },

  /** Rust's `Vec<u8>`: its length, then the bytes. Takes bytes or hex with `0x`. */
  bytes(value: Uint8Array | string): Uint8Array {
    const encoded = toBytes('bytes', value);
    return withLength(encoded.length, [encoded]);
  },

  /** Bytes as they are, for `read_vec`, `read_slice` and fixed arrays. Takes bytes or hex with `0x`. */
  raw: (value: Uint8Array | string): Uint8Array => toBytes('raw', value),

  /** UTF-8 without a length, for `read_vec`. */
  text: (value: string): Uint8Array => utf8('text', value),

  /** Rust's `Vec<T>`: `vec([1, 2, 3].map(input.u32))`. */
  vec: (values: readonly Uint8Array[]): Uint8Array => withLength(values?.length ?? 0, parts('vec', values)),

  /** Rust's `Option<T>`; undefined and null are `None`. */
  option: (value: Uint8Array | undefined | null): Uint8Array =>
    value === undefined || value === null ? Uint8Array.of(0) : concat([Uint8Array.of(1), ...parts('option', [value])]),

  /** A tuple or a fixed array: its values one after the other. */
  tuple: (...values: readonly Uint8Array[]): Uint8Array => concat(parts('tuple', values)),

  /** A struct, its fields in the order of the Rust source; only the order counts, names are for readers. */
  struct(fields: Readonly<Record<string, Uint8Array>>): Uint8Array {
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields) || isBytes(fields)) {
      throw new InputError(
        `struct takes an object of encoded fields, got ${kindOf(fields)}; for values alone use tuple`,
      );
    }
    // JavaScript moves such names to the front.
    if (Object.keys(fields).some((name) => /^\d+$/.test(name))) {
      throw new InputError('struct takes fields with names, not numbers, which would lose their order; use tuple');
    }
    return concat(parts('struct', Object.values(fields)));
  },

  /** A variant of a Rust `enum`: its number, counted from 0 in the order of the source, then its fields. */
  variant(number: number, ...fields: readonly Uint8Array[]): Uint8Array {
    if (!Number.isInteger(number) || number < 0 || number > 0xffff) {
      throw new InputError('variant takes the number of a variant, counted from 0');
    }
    return concat([uleb128(number), ...parts('variant', fields)]);
  },
});

/** The type of {@link input}. */
export type InputEncoder = typeof input;

/** One input item: bytes, or an encoded value such as those of `@mysten/bcs` (`Type.serialize(value)`). */
export type InputItem = Uint8Array | { toBytes(): Uint8Array };

/**
 * Input items as bytes of their own. Errors: {@link InputError} that names the item by its number and never shows it.
 */
export function inputItems(items: readonly InputItem[]): Uint8Array[] {
  if (!Array.isArray(items)) {
    throw new InputError(`The input must be an array with one element per read, got ${kindOf(items)}: write [item]`);
  }
  return items.map((item: unknown, i) => {
    if (isBytes(item)) return Uint8Array.from(item);
    const encoded: unknown = hasToBytes(item) ? item.toBytes() : undefined;
    if (isBytes(encoded)) return Uint8Array.from(encoded);
    throw new InputError(
      `Input item ${i + 1} is ${kindOf(item)}, and items are bytes: encode it, as in input.u32(20), input.string("…") or input.raw("0x…")`,
    );
  });
}

function hasToBytes(item: unknown): item is { toBytes(): unknown } {
  return typeof item === 'object' && item !== null && typeof (item as { toBytes?: unknown }).toBytes === 'function';
}
