/**
 * Hints: HINT_LEN returns a word of the prover's choice; HINT_READ(ptr, byte length) writes words of the prover's choice, at
 * slot 3 of its time.
 *
 * Soundness: on the hint bus the row of a HINT_READ is an edge from (ptr + length, 0 left) to (ptr, length left), and that of
 * a word is one from (address, left) to (address + 1, left - 1). All edges of one time balance only as closed walks; words
 * alone close after p rows, so each walk takes the edge of the call, and there is one call per time: the words are
 * exactly those from ptr up to ptr + length. A word of a time without HINT_READ is on no closed walk.
 */
import { chip, type Bus } from '../../../air/chip.ts';
import { SYSCALL } from '../../rv32im/buses.ts';
import { access, bytePair, range, sum, wordAddress } from '../../rv32im/shared/air.ts';
import { COLUMNS } from './columns.ts';

/** Numbers of the system calls, the ones SP1 uses. */
export const HINT_LEN = 0xf0;
export const HINT_READ = 0xf1;

/**
 * Words that a HINT_READ still writes: (time of the ecall, word address, words left). A permutation bus. Senders and
 * receivers: Hints, once per HINT_READ and once per word.
 */
export const HINT: Bus = { name: 'hint', id: 32, length: 3 };

export const HINTS_CHIP = chip({
  name: 'Hints',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isLength, isRead, isWord, time, first, second, third, value } = row;
    const isCall = isLength.add(isRead);
    air.bool(sum(isLength, isRead, isWord), 'at most one kind of row');

    const number = isLength.mul(HINT_LEN).add(isRead.mul(HINT_READ));
    air.receive(SYSCALL, isCall, [number, time, ...first, ...second, ...third, ...value], 'syscall: this call');
    air.zero(isRead.mul(value[0].sub(first[0])), 'HINT_READ keeps a0: low');
    air.zero(isRead.mul(value[1].sub(first[1])), 'HINT_READ keeps a0: high');

    // Both multiples of 4 below 2^30, else p + 4k would act as word k.
    const start = wordAddress(air, isRead, first[0], first[1], 'hint pointer');
    const count = wordAddress(air, isRead, second[0], second[1], 'hint length');
    air.send(HINT, isRead, [time, start, count], 'hint: words to write');
    air.receive(HINT, isRead, [time, start.add(count), 0], 'hint: no words left');

    const [address, left] = first;
    air.receive(HINT, isWord, [time, address, left], 'hint: this word');
    air.send(HINT, isWord, [time, address.add(1), left.sub(1)], 'hint: next word');
    const high = access(air, {
      name: 'RAM',
      address,
      before: second,
      after: value,
      order: third,
      at: time.add(3),
      active: isWord,
      real: isWord,
    });
    // The access stands alone in its pair, so the pair may have the access's own multiplicity.
    bytePair(air, isWord, high, 0, 'RAM gap high');
    range(air, isWord, value[0], 16, 'value low');
    range(air, isWord, value[1], 16, 'value high');
  },
});
