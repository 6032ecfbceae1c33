/**
 * Proving keys that stay from one proof to the next: checks and joins of many proofs are made by two programs, and a key takes a
 * sixth of the time of such a proof. They lie at the bottom of the arena, below all that proofs allocate.
 */
import type { LayerParameters } from '../stark/parameters.ts';
import type { ProvingKey } from '../stark/prover/interface.ts';
import type { Arena, ArenaMark } from '../wasm/arena.ts';

/** Keys at once: of a check and a join. Of a span layer one takes 36 MB. */
const MOST = 2;

export class KeptKeys {
  readonly #arena: Arena;
  readonly #bottom: ArenaMark;
  readonly #keys = new Map<string, ProvingKey>();
  #layer: LayerParameters | undefined;

  /** After all that stays in the arena has been allocated. */
  constructor(arena: Arena) {
    this.#arena = arena;
    this.#bottom = arena.mark();
  }

  /**
   * The key of a program of a layer, kept or made by `make`, which allocates it in the arena. Keys of another layer go: they would
   * stand beside a proof that needs the memory. Only outside of every scope of the arena.
   */
  of(id: string, layer: LayerParameters, make: () => ProvingKey): ProvingKey {
    const kept = this.#layer === layer ? this.#keys.get(id) : undefined;
    if (kept !== undefined) return kept;
    if (this.#layer !== layer || this.#keys.size === MOST) this.clear();
    const mark = this.#arena.mark();
    try {
      const key = make();
      this.#keys.set(id, key);
      this.#layer = layer;
      return key;
    } catch (error) {
      this.#arena.release(mark);
      throw error;
    }
  }

  /** Frees all keys. Only outside of every scope of the arena. */
  clear(): void {
    this.#keys.clear();
    this.#layer = undefined;
    this.#arena.release(this.#bottom);
  }
}
