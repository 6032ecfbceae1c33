/** All kinds of jobs. A new kind is a file and a line here. */
import { cap } from './cap.ts';
import { check } from './check.ts';
import { core } from './core.ts';
import { execute } from './execute.ts';
import { finishChecked } from './finish-checked.ts';
import { finish } from './finish.ts';
import { fused } from './fused.ts';
import { groth16 } from './groth16.ts';
import { join } from './join.ts';
import type { JobKind } from './kind.ts';
import { lift } from './lift.ts';
import { programKey } from './program-key.ts';
import { setup } from './setup.ts';
import { wrap } from './wrap.ts';

const STAGES = [execute, core, lift, join, fused, check, finish, finishChecked, wrap, groth16];
export const KINDS: readonly JobKind[] = [...STAGES, programKey, cap, setup];

/** The kind of this name, if there is one. */
export function kindOf(name: string): JobKind | undefined {
  return KINDS.find((kind) => kind.name === name);
}
