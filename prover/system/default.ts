/** The system of this version. Only what starts something takes it from here: the public API, the worker, scripts. */
import { checkProgram } from '../recursion/programs/check.ts';
import { finishCheckedProgram, finishProgram } from '../recursion/programs/finish.ts';
import { fusedProgram } from '../recursion/programs/fused.ts';
import { joinProgram } from '../recursion/programs/join.ts';
import { claimKind, spanKind } from '../recursion/programs/kinds.ts';
import { liftProgram } from '../recursion/programs/lift.ts';
import { wrapKind, wrapProgram } from '../recursion/programs/wrap.ts';
import { recursionTarget, SPAN_HEIGHTS, WRAP_HEIGHTS } from '../recursion/target.ts';
import { CLAIM, CORE_L, CORE_L_BIG, CORE_M, CORE_M_BIG, CORE_S, SPAN, WRAP_RATE_6 } from '../stark/layers.ts';
import { standardMachine } from '../machines/standard.ts';
import { coreLayers, defineSystem, type System } from './definition.ts';
import { KEY_ROOTS } from './generated/verifying-keys.ts';
import { recursionKeys } from './keys.ts';

let system: System | undefined;

/** The system of this version with its committed keys; its machines are recorded once per process. */
export function defaultSystem(): System {
  if (system !== undefined) return system;
  const core = standardMachine();
  const cores = [core];
  const tiers = [CORE_S, CORE_M, CORE_L, CORE_M_BIG, CORE_L_BIG];
  const target = recursionTarget(SPAN_HEIGHTS);
  const span = spanKind(target, SPAN);
  const claim = claimKind(target, CLAIM);
  // Rate 1/64: the outermost circuit stays below 2^20 constraints with half the hashing of rate 1/128.
  const wrap = wrapKind(WRAP_RATE_6, WRAP_HEIGHTS);
  const end = { kind: claim, span, machine: core.machine, tier: CORE_S };
  const layers = coreLayers({ cores, tiers });
  const programs = [
    ...layers.map(({ core: { machine }, tier }) => liftProgram(span, machine, tier)),
    ...layers.map(({ core: { machine }, tier }) => fusedProgram(claim, machine, tier)),
    joinProgram(span, 2),
    checkProgram(span, claim),
    finishProgram(end),
    finishCheckedProgram(end),
    wrapProgram(wrap, claim),
  ];
  system = defineSystem({ cores, tiers, programs, keys: recursionKeys(programs, KEY_ROOTS) });
  return system;
}
