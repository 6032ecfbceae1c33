/**
 * Arrays whose length is known only when the program runs (VLAs and alloca) must not move the stack pointer around the
 * address space: with a length from the input a prover could put the array over other data.
 *
 * clang cannot check them for this machine, so the check is put into its intermediate code: before each such array calls of
 * `zkvm_stack_check` of zkvm.h with the factors of its size. gcc can touch every page of an array
 * (`-fstack-clash-protection`) and refuses lengths below one (`-fsanitize=vla-bound`); a size of 2^32 bytes or more it does
 * not see.
 */

/** clang's version from which on pointers have no type in the intermediate code. */
const UNTYPED_POINTERS = 15;

/** `%a = alloca TYPE, i32 COUNT, align N`: only arrays of a length that is computed have a count. */
const ARRAY = /^( *)%\S+ = alloca (.+), i32 ([^\s,]+)(?:, align .*)?$/;
/** The count of an array of several dimensions is computed like this. */
const PRODUCT = /^ *(%\S+) = mul nuw i32 ([^\s,]+), ([^\s,]+)$/;

/**
 * The intermediate code (LLVM IR before any optimisation, for a machine of 32 bits) with checks in front of each array of
 * computed length, or undefined when it has none. `version` is the first line of `clang --version`.
 */
export function withStackChecks(code: string, version: string): string | undefined {
  const hasTypedPointers = Number(/version (\d+)/.exec(version)?.[1] ?? UNTYPED_POINTERS) < UNTYPED_POINTERS;
  /** Factors by the name of the product, of the function so far. */
  const products = new Map<string, readonly [string, string]>();
  const checks = (indent: string, count: string, size: string): string[] => {
    const factors = products.get(count);
    const inner = factors === undefined ? [] : checks(indent, ...factors);
    return [...inner, `${indent}call void @zkvm_stack_check(i32 ${count}, i32 ${size})`];
  };
  let found = false;
  const lines = code.split('\n').flatMap((line) => {
    if (line.startsWith('define ')) products.clear();
    const [, product, left, right] = PRODUCT.exec(line) ?? [];
    if (product !== undefined && left !== undefined && right !== undefined) products.set(product, [left, right]);
    const [, indent, type, count] = ARRAY.exec(line) ?? [];
    if (indent === undefined || type === undefined || count === undefined) return [line];
    found = true;
    const pointer = hasTypedPointers ? `${type}*` : 'ptr';
    const size = `ptrtoint (${pointer} getelementptr (${type}, ${pointer} null, i32 1) to i32)`;
    return [...checks(indent, count, size), line];
  });
  return found ? [...lines, 'declare void @zkvm_stack_check(i32, i32)', ''].join('\n') : undefined;
}
