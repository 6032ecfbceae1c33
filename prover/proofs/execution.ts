/** What the proofs of shards say together: the rules that joins and finish follow in recursion, for a verifier that has all of them. */
import { last } from '../core/lists.ts';
import { VerificationError } from '../core/errors.ts';
import { openedWords } from '../recursion/statement/system-words.ts';
import { stateOf, type StateWires } from '../recursion/programs/shard.ts';
import { verifyNative } from '../stark/verify.ts';
import { coreOf, type System } from '../system/definition.ts';
import { coreKeyDigest } from '../system/program-key.ts';
import type { CoreProof, ExecutionProof } from '../system/proved-layer.ts';
import { nativeBackend, type NativeWires } from '../verifier/native-backend.ts';
import { suiteKoalaBear } from '../verifier/suite-koalabear.ts';
import { HALTED_PC } from '../vm/address-map.ts';

/** A whole execution in numbers: eight felts, limbs of 16 bits. */
export type ExecutionStatement = {
  readonly keyDigest: readonly number[];
  readonly exitCode: readonly number[];
  readonly publicDigest: readonly number[];
};

type State = StateWires<NativeWires>;

/** Felts of a state. */
const STATE = 9;

const before = ({ publicValues }: CoreProof): State => stateOf<NativeWires>(publicValues);
const after = ({ publicValues }: CoreProof): State => stateOf<NativeWires>(publicValues.slice(STATE));
const isSame = (a: State, b: State): boolean => a.pc === b.pc && String(a.root) === String(b.root);

/**
 * What an execution's proof says, if its shards verify (`verifyShards`): that they are one execution of one program, from its
 * entry and initial memory until it has halted. VerificationError `shards`, `shard-key`, `first-state`, `state-chain`, `not-halted`,
 * `system-words`, `unchecked-statements`.
 */
export function executionStatement(system: System, { shards, words }: ExecutionProof): ExecutionStatement {
  const [first] = shards;
  if (first === undefined) throw refuse('shards', 'it has no shard');
  const keyDigest = digestOf(system, first);
  for (const [i, shard] of shards.entries()) {
    const name = `shard ${i + 1} of ${shards.length}`;
    if (String(digestOf(system, shard)) !== String(keyDigest)) {
      throw refuse('shard-key', `${name} is of another program than shard 1`);
    }
    const previous = shards[i - 1];
    if (previous === undefined) {
      if (!isSame(before(shard), stateOf<NativeWires>(shard.key.felts))) {
        throw refuse(
          'first-state',
          'its first shard does not begin at the entry of the program and its initial memory',
        );
      }
    } else if (!isSame(before(shard), after(previous))) {
      throw refuse('state-chain', `${name} does not begin where the one before it ends`);
    }
  }
  const end = after(last(shards));
  if (end.pc !== HALTED_PC) throw refuse('not-halted', 'its last shard does not end where the program has halted');
  const { chain, exitCode, publicDigest } = openedSystemWords(end.root, words);
  // Soundness: limb by limb. A core proof does not carry proofs of the statements.
  if (chain.some((limb) => limb !== 0)) {
    throw refuse(
      'unchecked-statements',
      'the program verified other proofs, of which a proof of mode core holds nothing',
    );
  }
  return { keyDigest, exitCode, publicDigest };
}

/** Verifies the proof of each shard. VerificationError with the failing step. */
export function verifyShards(system: System, { shards }: ExecutionProof): void {
  for (const { key, tier, publicValues, proof } of shards) {
    const named = coreOf(system, key.machine, tier);
    // Soundness: the key is bound by its digest, which the caller compares with the program's.
    verifyNative(suiteKoalaBear, named.core.machine, named.tier, key, publicValues, proof);
  }
}

function digestOf(system: System, { key, tier }: CoreProof): number[] {
  return coreKeyDigest(coreOf(system, key.machine, tier), key);
}

function openedSystemWords(root: readonly number[], words: ExecutionProof['words']) {
  try {
    return openedWords(nativeBackend(suiteKoalaBear), root, words);
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    throw refuse('system-words', 'what it says of the last memory does not stand in it');
  }
}

function refuse(code: string, problem: string): VerificationError {
  return new VerificationError(code, 'execution', problem, `The proof is not one of a whole execution: ${problem}`);
}
