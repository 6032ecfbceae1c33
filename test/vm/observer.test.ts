import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadProgram } from '../../prover/elf/load.ts';
import { execute, traceSteps } from '../../prover/machines/execute.ts';
import type { Program } from '../../prover/vm/program.ts';
import { assemble } from '../support/asm.ts';
import { haltSequence } from '../support/guest.ts';
import { randomProgram } from '../support/random-program.ts';

type Jump = readonly [from: number, to: number, rd: number, rs1: number, cycles: number];

function observed(program: Program, cycleLimit?: number): Jump[] {
  const jumps: Jump[] = [];
  const observer = { jump: (...jump: Jump): void => void jumps.push(jump) };
  execute(program, [], { observer, ...(cycleLimit === undefined ? {} : { cycleLimit }) });
  return jumps;
}

/** The jumps by the reference interpreter. A JAL to the next instruction is none. */
function expected(program: Program): Jump[] {
  const jumps: Jump[] = [];
  traceSteps(program, [], ({ word, pc, nextPc, index }) => {
    const opcode = word & 0x7f;
    if (opcode !== 0x67 && (opcode !== 0x6f || nextPc === pc + 4)) return;
    jumps.push([pc, nextPc, (word >>> 7) & 31, opcode === 0x67 ? (word >>> 15) & 31 : 0, index + 1]);
  });
  return jumps;
}

describe('observer of the fast path', () => {
  it('sees calls, returns and plain jumps with the cycles so far', () => {
    const program = assemble(`
      _start: jal ra, twice
      la x6, twice
      jalr x5, 0(x6)
      j end
      nop
    twice: beqz x5, plain
      jr x5
    plain: ret
    end: ${haltSequence(0)}`);
    const [start, twice, plain, end] = ['_start', 'twice', 'plain', 'end'].map(
      (name) => program.symbols.get(name) ?? 0,
    );
    assert.ok(start !== undefined && twice !== undefined && plain !== undefined && end !== undefined);
    assert.deepEqual(observed(loadProgram(program.elf)), [
      [start, twice, 1, 0, 1],
      [plain, start + 4, 0, 1, 3],
      [start + 12, twice, 5, 6, 6],
      [twice + 4, start + 16, 0, 5, 8],
      [start + 16, end, 0, 0, 9],
    ]);
  });

  it('sees what the reference interpreter does in random programs', () => {
    let count = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const program = loadProgram(randomProgram(seed, 300, 'zkvm'));
      const jumps = observed(program);
      assert.deepEqual(jumps, expected(program), `seed ${seed}`);
      count += jumps.length;
    }
    assert.ok(count > 100, `${count} jumps`);
  });

  it('sees a jump that leaves the text, and not one that is not executed', () => {
    const away = loadProgram(assemble('j 0x200100').elf);
    assert.deepEqual(observed(away), [[0x200000, 0x200100, 0, 0, 1]]);
    assert.deepEqual(observed(away, 0), []);
    assert.deepEqual(observed(loadProgram(assemble('li x1, 0x40000000\njr x1').elf)), []);
  });
});
