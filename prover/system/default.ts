/** The system of this version. Only what starts something takes it from here: the public API, the worker, scripts. */
import { liftKind, liftProgram } from '../recursion/programs/lift.ts';
import { wrapKind, wrapProgram } from '../recursion/programs/wrap.ts';
import { LIFT_HEIGHTS, WRAP_HEIGHTS } from '../recursion/target.ts';
import { CORE_L, CORE_L_BIG, CORE_M, CORE_M_BIG, CORE_S, LIFT, WRAP_RATE_6 } from '../stark/layers.ts';
import { standardMachine } from '../machines/standard.ts';
import { coreLayers, defineSystem, type System } from './definition.ts';
import { KEY_ROOTS } from './generated/verifying-keys.ts';
import { recursionKeys } from './keys.ts';

let system: System | undefined;

/** The system of this version with its committed keys; its machines are recorded once per process. */
export function defaultSystem(): System {
  if (system !== undefined) return system;
  const cores = [standardMachine()];
  const tiers = [CORE_S, CORE_M, CORE_L, CORE_M_BIG, CORE_L_BIG];
  const lift = liftKind(LIFT, LIFT_HEIGHTS);
  // Rate 1/64: the outermost circuit stays below 2^20 constraints with half the hashing of rate 1/128.
  const wrap = wrapKind(WRAP_RATE_6, WRAP_HEIGHTS);
  const programs = [
    ...coreLayers({ cores, tiers }).map(({ core, tier }) => liftProgram(lift, core.machine, tier)),
    wrapProgram(wrap, lift),
  ];
  system = defineSystem({ cores, tiers, programs, keys: recursionKeys(programs, KEY_ROOTS) });
  return system;
}
