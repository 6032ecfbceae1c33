/**
 * The host's side of `zkvm::verify`: which statements have a proof among the prover's input, which ones the guest relied on,
 * and whether the chain that it committed is theirs. For the proof only the committed chain counts; what is refused here would
 * have no proof.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { P } from '../../field/koalabear.ts';
import type { Fault } from '../outcome.ts';
import { packDigest } from '../packed-digest.ts';
import { chainAfter, EMPTY_CHAIN, type ProvedStatement } from './chain.ts';

/** Statements of which there are proofs; 'any' takes every statement for proved, to run a program before what it relies on is. */
export type Proved = readonly ProvedStatement[] | 'any';

/** Bytes that a guest tells of a statement: the key's eight elements as little-endian words, the digest. */
export const STATEMENT_BYTES = 64;

/** Most statements of one execution. With the library a program of 2^32 instructions has no more; each of them takes a proof. */
export const STATEMENT_LIMIT = 2 ** 17;

/** The statements of one execution. */
export class Statements {
  /** Proved statements by name; true once the guest has relied on one. */
  readonly #proved = new Map<string, { readonly statement: ProvedStatement; used: boolean }>();
  readonly #isAnyProved: boolean;
  readonly #most: number;
  readonly #verified: ProvedStatement[] = [];
  #chain: readonly number[] = EMPTY_CHAIN;

  /** `most`: how many there may be. */
  constructor(proved: Proved, most: number = STATEMENT_LIMIT) {
    this.#most = most;
    this.#isAnyProved = proved === 'any';
    for (const statement of proved === 'any' ? [] : proved)
      this.#proved.set(nameOf(statement), { statement, used: false });
  }

  /** What the guest relied on, in order, with repetitions. */
  get verified(): readonly ProvedStatement[] {
    return this.#verified;
  }

  /** Proved statements that the guest did not rely on. */
  get unused(): ProvedStatement[] {
    return [...this.#proved.values()].filter(({ used }) => !used).map(({ statement }) => statement);
  }

  /** Takes the message of a guest that relies on a statement; the fault that it is none, or has no proof. */
  rely(message: Uint8Array): Fault | undefined {
    if (message.length !== STATEMENT_BYTES) {
      return refused(`expected ${STATEMENT_BYTES} bytes, key and digest, got ${message.length}`);
    }
    const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
    const elements = Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i, true));
    if (elements.some((element) => element >= P)) return refused('an element of the key is not below 2^31 - 2^24 + 1');
    const statement: ProvedStatement = {
      vkey: packDigest(elements),
      publicDigest: `0x${bytesToHex(message.subarray(32))}`,
    };
    const known = this.#proved.get(nameOf(statement));
    if (known !== undefined) known.used = true;
    else if (!this.#isAnyProved) return { cause: 'proof-missing', detail: this.#explainMissing(statement) };
    if (this.#verified.length === this.#most) {
      return { cause: 'too-many-statements', detail: `the program relies on more than ${this.#most} statements` };
    }
    this.#verified.push(statement);
    this.#chain = chainAfter(this.#chain, statement);
    return undefined;
  }

  /** At HALT: the fault that the committed chain, eight words, is not that of the statements the host was told of. */
  mismatch(committed: Uint32Array): Fault | undefined {
    const wrong = this.#chain.findIndex((element, i) => element !== committed[i]);
    if (wrong < 0) return undefined;
    const detail = `word ${wrong} of the committed chain is not that of the ${this.#verified.length} verified statements; only zkvm::verify commits words 8 to 15`;
    return { cause: 'chain-mismatch', detail };
  }

  #explainMissing({ vkey, publicDigest }: ProvedStatement): string {
    const given = [...this.#proved.values()].map(({ statement }) => statement);
    const ofProgram = given.filter((statement) => statement.vkey === vkey).length;
    const why =
      given.length === 0
        ? 'no proof was given'
        : ofProgram === 0
          ? `none of the ${given.length} given proofs is of this program`
          : `of the given proofs ${ofProgram} ${ofProgram === 1 ? 'is' : 'are'} of this program, with other public values`;
    return `the program relies on a proof that is missing, of the program with key ${vkey} and public values of sha256 ${publicDigest}: ${why}; prove that first, and give its proof with --proof`;
  }
}

function nameOf({ vkey, publicDigest }: ProvedStatement): string {
  return `${vkey}/${publicDigest}`.toLowerCase();
}

function refused(problem: string): Fault {
  return { cause: 'syscall-arguments', detail: `a statement to verify is malformed: ${problem}` };
}
