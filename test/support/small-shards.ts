/** The system of this version with its smallest tier alone: executions that take seconds to prove fall into several shards. */
import { defaultSystem } from '../../prover/system/default.ts';
import { defineSystem, type System } from '../../prover/system/definition.ts';
import { CORE_S } from '../../prover/stark/layers.ts';

/** All programs but those for other tiers, with their committed keys. */
export function smallShards(): System {
  const { cores, programs, keys } = defaultSystem();
  const kept = programs.filter(({ accepts }) =>
    accepts.every(({ kind, parameters }) => kind !== 'core' || parameters === CORE_S),
  );
  const ids = new Set(kept.map(({ id }) => id));
  const known = new Map([...keys].filter(([id]) => ids.has(id)));
  return defineSystem({ cores, tiers: [CORE_S], programs: kept, keys: known });
}
