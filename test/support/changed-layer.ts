/** Changes to single numbers of a layer proof, by their place in its fields. */
import { P } from '../../prover/field/koalabear.ts';
import type { LayerProof } from '../../prover/stark/proof.ts';

type Place = readonly (string | number)[];

function* places(value: unknown, at: Place = []): Generator<Place> {
  if (typeof value === 'number' || typeof value === 'bigint') yield at;
  else if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* places(item, [...at, i]);
  else if (typeof value === 'object' && value !== null)
    for (const [name, item] of Object.entries(value)) yield* places(item, [...at, name]);
}

/** First and last number of every field, fields of the opening included, and `count` places spread over the whole proof. */
export function samplePlaces(proof: LayerProof, count: number): Place[] {
  const all = [...places(proof)];
  const field = (place: Place | undefined): string => place?.slice(0, place[0] === 'opening' ? 2 : 1).join('.') ?? '';
  const edges = all.filter((place, i) => field(place) !== field(all[i - 1]) || field(place) !== field(all[i + 1]));
  const spread = Array.from({ length: count }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / count)] ?? []);
  return [...edges, ...spread];
}

/** A copy with the number at `place` changed; it stays canonical. */
export function changedAt(proof: LayerProof, place: Place): LayerProof {
  const copy = structuredClone(proof);
  const last = place.at(-1);
  if (last === undefined) throw new RangeError('a place has at least one part');
  // Places come from this proof, so every part exists.
  let parent = copy as unknown as Record<string | number, unknown>;
  for (const part of place.slice(0, -1)) parent = parent[part] as typeof parent;
  const value = parent[last];
  parent[last] = typeof value === 'bigint' ? value ^ 1n : ((value as number) + 1) % P;
  return copy;
}
