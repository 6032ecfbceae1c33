/** Elements of lists that the caller knows to be there. */

/** The element at `index`; RangeError where there is none. */
export function at<T>(list: readonly T[], index: number): T {
  if (index < 0 || index >= list.length) throw new RangeError(`"index" expected 0..${list.length - 1}, got ${index}`);
  return list[index] as T;
}

/** The last element; RangeError where there is none. */
export function last<T>(list: readonly T[]): T {
  return at(list, list.length - 1);
}
