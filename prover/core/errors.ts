import { printable } from './printable.ts';

/**
 * Base of every error the library throws on purpose: one clear sentence and a literal code to test against. The sentence
 * is safe to print: foreign text in it (names in files, output of guests) cannot reach a terminal as control characters.
 */
export class ZkError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(printable(message), options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** What a reader is told when a check of the protocol fails: which one of the two it was, no check can tell. */
const REFUSED = 'The proof is damaged or was made for other public values';

/**
 * A proof that does not prove its statement. The message is for people: a sentence, and the place in brackets. `where`
 * names the step that refused the proof and `problem` what was wrong there.
 */
export class VerificationError extends ZkError {
  readonly where: string;
  readonly problem: string;

  /** `sentence` says more than that the proof is damaged, where more is known; without a full stop. */
  constructor(code: string, where: string, problem: string, sentence: string = REFUSED) {
    super(code, `${sentence} (${placeOf(where)}).`);
    this.where = where;
    this.problem = problem;
  }
}

/** The step as people know it: the part of `where` before its details. */
function placeOf(where: string): string {
  return where
    .replace(/: .*$/s, '')
    .replace(/^gkr (?:layer )?(\d+)$/, 'GKR layer $1')
    .replace(/^gkr\b/, 'GKR')
    .replace(/^whir (\d+)$/, 'opening, iteration $1')
    .replace(/^whir$/, 'opening');
}
