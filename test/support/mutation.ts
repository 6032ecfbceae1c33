/** One change in a copy of a proof: of a field that the test names, or of a value by its place. */
import { P } from '../../prover/field/koalabear.ts';
import { Random } from './random.ts';

/** A nested structure without `readonly`. */
export type Mutable<T> = T extends bigint | number ? T : { -readonly [K in keyof T]: Mutable<T[K]> };

/** Names and indices that lead from the whole to one of its parts. */
export type Place = readonly (string | number)[];

/** A deep copy with one change. */
export function altered<T>(proof: T, change: (copy: Mutable<T>) => void): T {
  const copy = structuredClone(proof);
  change(copy as Mutable<T>);
  return copy;
}

/** A deep copy with the value at `place` replaced by what `edit` makes of it. The place must be one of this proof. */
export function changedAt<T>(proof: T, place: Place, edit: (value: unknown) => unknown = nextValue): T {
  const last = place.at(-1);
  if (last === undefined) throw new RangeError('a place has at least one part');
  const copy = structuredClone(proof);
  let holder = copy as Record<string | number, unknown>;
  for (const part of place.slice(0, -1)) holder = holder[part] as typeof holder;
  holder[last] = edit(holder[last]);
  return copy;
}

/** Another number that is canonical too: of the base field, or of a digest over BN254. */
export function nextValue(value: unknown): number | bigint {
  return typeof value === 'bigint' ? value ^ 1n : ((value as number) + 1) % P;
}

/** The places of all numbers, in order. */
export function numbersIn(value: unknown): Place[] {
  return [...placesOf(value, (part) => typeof part === 'number' || typeof part === 'bigint')];
}

/** The places of all arrays, in order, without the value itself. */
export function arraysIn(value: unknown): Place[] {
  return [...placesOf(value, Array.isArray)].filter((place) => place.length > 0);
}

function* placesOf(value: unknown, isWanted: (part: unknown) => boolean, at: Place = []): Generator<Place> {
  if (isWanted(value)) yield at;
  if (Array.isArray(value)) for (const [i, part] of value.entries()) yield* placesOf(part, isWanted, [...at, i]);
  else if (typeof value === 'object' && value !== null)
    for (const [name, part] of Object.entries(value)) yield* placesOf(part, isWanted, [...at, name]);
}

/** Places thinned to what a test can afford: at most `limit` of every field, chosen by the seed. */
export function sampleFields(places: readonly Place[], limit: number, seed: number): Place[] {
  const groups = Map.groupBy(places, (place) => place.filter((part) => typeof part === 'string').join('.'));
  const random = new Random(seed);
  return [...groups.values()].flatMap((group) =>
    group.length <= limit ? group : Array.from({ length: limit }, () => group[random.below(group.length)]!),
  );
}

/** First and last number of every field, fields of the opening included, and `count` places spread over the whole proof. */
export function samplePlaces(proof: unknown, count: number): Place[] {
  const all = numbersIn(proof);
  const field = (place: Place | undefined): string => place?.slice(0, place[0] === 'opening' ? 2 : 1).join('.') ?? '';
  const edges = all.filter((place, i) => field(place) !== field(all[i - 1]) || field(place) !== field(all[i + 1]));
  const spread = Array.from({ length: count }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / count)]!);
  return [...edges, ...spread];
}
