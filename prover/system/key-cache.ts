/** Proving keys that are likely to be asked for again: those of the program that is proved and of the lifts and joins of its shards. */
import type { LayerParameters } from '../stark/parameters.ts';
import type { ProvingKey } from '../stark/prover/interface.ts';

/** What all kept keys may take. */
const ROOM_BYTES = 320 * 2 ** 20;
/** What one may take. Those of claims take more, and a run makes one claim. */
const MOST_BYTES = 240 * 2 ** 20;

type Kept = {
  readonly owner: object;
  readonly machine: string;
  readonly layer: LayerParameters;
  readonly key: ProvingKey;
  readonly bytes: number;
};

/** Keeps keys by what they are made from, as long as there is room; the one that was used the longest ago goes first. */
export class KeyCache {
  /** The one used last stands last. */
  #kept: readonly Kept[] = [];
  readonly #room: number;

  constructor(room = ROOM_BYTES) {
    this.#room = room;
  }

  /** Whether a key of this layer can be kept at all. */
  hasRoomFor(layer: LayerParameters): boolean {
    return layer.hash === 'kb' && bytesOf(layer) <= Math.min(this.#room, MOST_BYTES);
  }

  /**
   * The key of `owner` for a machine on a layer, by `make` where it is not kept: a commitment outside the arena. Shards of one
   * program may be for different machines.
   */
  get(owner: object, machine: string, layer: LayerParameters, make: () => ProvingKey): ProvingKey {
    const known = this.#kept.find((kept) => kept.owner === owner && kept.machine === machine && kept.layer === layer);
    const others = this.#kept.filter((kept) => kept !== known);
    const bytes = bytesOf(layer);
    if (known === undefined) {
      while (others.length > 0 && others.reduce((sum, kept) => sum + kept.bytes, bytes) > this.#room) others.shift();
      // Whatever goes, goes before the new one is made.
      this.#kept = others;
    }
    const own = known ?? { owner, machine, layer, bytes, key: make() };
    this.#kept = [...others, own];
    return own.key;
  }
}

/** Columns on the domain, the tree over its rows (at most two digests of eight words a row), and the columns themselves. */
function bytesOf({ logPreRows, logPreColumns, logInverseRate }: LayerParameters): number {
  const columns = 2 ** logPreColumns;
  return 4 * 2 ** logPreRows * (2 ** logInverseRate * (columns + 16) + columns);
}
