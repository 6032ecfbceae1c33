import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadProgram } from '../../prover/index.ts';
import { DEPTH_LIMIT, LEAVE, NODE_LIMIT, type CallTree } from '../../prover/profile/call-tree.ts';
import { functionTable } from '../../prover/profile/functions.ts';
import { executeProfiled, type Profile } from '../../prover/profile/profile.ts';
import { depthsOf, largestPaths, totalsOf } from '../../prover/profile/summary.ts';
import { execute, traceSteps } from '../../prover/machines/execute.ts';
import { symbolsOfElf } from '../../prover/elf/symbols.ts';
import { haltSequence } from '../support/guest.ts';
import { guest, mode, u32 } from '../support/guests.ts';
import { randomProgram } from '../support/random-program.ts';
import { assembleWithSymbols } from '../elf/symbol-table.ts';

/** Profiles assembly text whose labels `functions` have symbols. */
function profileOf(source: string, functions: readonly string[], cycleLimit?: number): Profile {
  const { elf } = assembleWithSymbols(source, functions);
  const limits = cycleLimit === undefined ? {} : { cycleLimit };
  return executeProfiled(loadProgram(elf), [], symbolsOfElf(elf), limits).profile;
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

/** Every path with its cycles and calls: `main>f 7 cycles 2 calls`. */
function paths({ tree, names }: Profile): string[] {
  const path = (node: number): string =>
    node < 0 ? '' : `${path(tree.parent[node] ?? -1)}>${names[tree.function[node] ?? 0]}`;
  return Array.from(tree.self, (self, node) => `${path(node).slice(1)} ${self} ${tree.calls[node]}`);
}

/** Events are well nested, ascending, and give the same cycles as the tree. */
function checkEvents({ tree, cycles }: Profile): void {
  const { at, node: nodes } = tree.events ?? assert.fail('there are events');
  const self = new Float64Array(tree.self.length);
  const open: number[] = [];
  let since = 0;
  for (const [i, node] of nodes.entries()) {
    const time = at[i] ?? 0;
    assert.ok(time >= since);
    const top = open.at(-1);
    if (top !== undefined) self[top] = (self[top] ?? 0) + time - since;
    since = time;
    if (node === LEAVE) assert.ok(open.pop() !== undefined);
    else {
      assert.equal(tree.parent[node], open.at(-1) ?? -1);
      open.push(node);
    }
  }
  assert.deepEqual(open, []);
  assert.equal(since, cycles);
  assert.deepEqual(self, tree.self);
}

describe('profile', () => {
  it('counts calls, returns and nested calls exactly', () => {
    const profile = profileOf(
      `_start: jal ra, f
       jal ra, f
       j end
       f: mv s0, ra
       jal ra, g
       nop
       mv ra, s0
       ret
       g: nop
       ret
       end: ${haltSequence(0)}`,
      ['_start', 'f', 'g', 'end'],
    );
    const rest = profile.cycles - 3 - 2 * 7;
    assert.deepEqual(paths(profile), ['_start 3 1', '_start>f 10 2', '_start>f>g 4 2', `_start>end ${rest} 1`]);
    checkEvents(profile);
    assert.deepEqual(
      profile.functions.map(({ name, calls, self, total }) => [name, calls, self, total]),
      [
        ['end', 1, rest, rest],
        ['f', 2, 10, 14],
        ['g', 2, 4, 4],
        ['_start', 1, 3, profile.cycles],
      ],
    );
  });

  it('lets a tail call take the place of its caller, and its return go to the caller above', () => {
    const profile = profileOf(
      `_start: jal ra, f
       nop
       ebreak
       f: nop
       j g
       ebreak
       g: nop
       nop
       ret`,
      ['_start', 'f', 'g'],
    );
    assert.deepEqual(paths(profile), ['_start 2 1', '_start>f 2 1', '_start>g 3 1']);
    checkEvents(profile);
  });

  it('follows recursion and counts its total once', () => {
    const profile = profileOf(
      `_start: li sp, 0x01000000
       li a0, 4
       jal ra, f
       ebreak
       f: addi sp, sp, -16
       sw ra, 0(sp)
       addi a0, a0, -1
       beqz a0, out
       jal ra, f
       out: lw ra, 0(sp)
       addi sp, sp, 16
       ret`,
      ['_start', 'f'],
    );
    assert.equal(profile.tree.self.length, 5);
    const f = profile.functions.find(({ name }) => name === 'f');
    assert.deepEqual([f?.calls, f?.self, f?.total], [4, 4 * 8 - 1, 4 * 8 - 1]);
    checkEvents(profile);
  });

  it('treats t0 as a second link register, for save and restore routines', () => {
    const profile = profileOf(
      `_start: jal t0, save
       nop
       ebreak
       save: nop
       jr t0`,
      ['_start', 'save'],
    );
    assert.deepEqual(paths(profile), ['_start 2 1', '_start>save 2 1']);
  });

  it('leaves all functions up to the one that is returned to', () => {
    const profile = profileOf(
      `_start: jal ra, f
       nop
       ebreak
       f: mv s0, ra
       jal ra, g
       ebreak
       g: jal ra, h
       ebreak
       h: mv ra, s0
       ret`,
      ['_start', 'f', 'g', 'h'],
    );
    assert.deepEqual(paths(profile), ['_start 2 1', '_start>f 2 1', '_start>f>g 1 1', '_start>f>g>h 2 1']);
    checkEvents(profile);
  });

  it('does not take a computed jump through ra to an address nobody is to return to for a return', () => {
    const profile = profileOf(
      `_start: jal ra, f
       ebreak
       f: la ra, inside
       jr ra
       nop
       inside: nop
       ebreak`,
      ['_start', 'f'],
    );
    assert.deepEqual(paths(profile), ['_start 1 1', '_start>f 4 1']);
  });

  it('ends where a trap or the cycle limit ends the run', () => {
    const source = `_start: jal ra, f
       f: j f`;
    for (const limit of [1, 2, 5, 100]) {
      const profile = profileOf(source, ['_start', 'f'], limit);
      assert.equal(profile.cycles, limit);
      assert.equal(sum(profile.tree.self), limit);
      checkEvents(profile);
    }
    const outside = profileOf('_start: li a0, 0x00300000\njr a0', ['_start']);
    assert.equal(sum(outside.tree.self), outside.cycles);
  });

  it('survives endless recursion: the tree is cut, the cycles still add up', () => {
    const profile = profileOf(
      `_start: nop
       f: addi s0, s0, 1
       jal ra, g
       g: jal ra, f`,
      ['_start', 'f', 'g'],
      3_000_000,
    );
    assert.equal(sum(profile.tree.self), 3_000_000);
    assert.ok(profile.tree.isCut);
    assert.ok(profile.tree.self.length <= DEPTH_LIMIT + 1);
    assert.equal(profile.tree.events, undefined);
  });

  it('survives a tree with too many paths', () => {
    // Two functions, each of which calls one or the other by the next bit: 2^18 paths of length 18.
    const calls = (name: string, own: string): string => `
       ${name}: addi sp, sp, -16
       sw ra, 0(sp)
       sw s0, 4(sp)
       addi s0, s0, -1
       beqz s0, ${own}_out
       jal ra, f
       jal ra, g
       ${own}_out: lw s0, 4(sp)
       lw ra, 0(sp)
       addi sp, sp, 16
       ret`;
    const source = `_start: li sp, 0x01000000
       li s0, 18
       jal ra, f
       ebreak
       ${calls('f', 'f')}
       ${calls('g', 'g')}`;
    const profile = profileOf(source, ['_start', 'f', 'g']);
    assert.equal(profile.tree.self.length, NODE_LIMIT);
    assert.ok(profile.tree.isCut);
    assert.equal(sum(profile.tree.self), profile.cycles);
    assert.equal(totalsOf(profile.tree)[0], profile.cycles);
  });

  it('adds up for random programs, whatever they do with ra', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const program = loadProgram(randomProgram(seed, 300, 'zkvm'));
      const { execution, profile } = executeProfiled(program, [], []);
      const { cycles } = execute(program, []);
      assert.equal(execution.cycles, cycles);
      assert.equal(sum(profile.tree.self), cycles, `seed ${seed}`);
      assert.equal(sum(profile.functions.map(({ self }) => self)), cycles);
      if (profile.tree.events !== undefined) checkEvents(profile);
    }
  });

  it('adds up for guests, and gives each function the cycles at its addresses', () => {
    const samples = [
      [guest('fibonacci'), u32(20)],
      [guest('selftest'), mode('collections')],
    ] as const;
    for (const [program, item] of samples) {
      const { execution, profile } = executeProfiled(program, [item], []);
      assert.equal(execution.outcome.kind, 'halt');
      assert.equal(sum(profile.tree.self), execution.cycles);
      checkEvents(profile);
      assert.ok(profile.functions.length > 5);
    }
  });

  it('agrees with a shadow stack over every step of the reference interpreter', () => {
    const program = guest('fibonacci');
    const { profile } = executeProfiled(program, [u32(20)], []);
    const table = functionTable(program, []);
    const self = new Map<string, number>();
    const functionOf = (pc: number): string => table.names[table.functionAt[(pc - table.base) / 4] ?? 0] ?? '';
    const stack = [{ name: functionOf(program.entry), back: -1 }];
    traceSteps(program, [u32(20)], ({ pc, word, nextPc }) => {
      const top = stack.at(-1) ?? assert.fail();
      self.set(top.name, (self.get(top.name) ?? 0) + 1);
      const opcode = word & 0x7f;
      if ((opcode !== 0x6f && opcode !== 0x67) || nextPc === 0) return;
      const rd = (word >>> 7) & 31;
      if (rd === 1) stack.push({ name: functionOf(nextPc), back: pc + 4 });
      else if (word === 0x8067) assert.equal(stack.pop()?.back, nextPc);
      else if (table.startAt[(nextPc - table.base) / 4] === 1 && functionOf(pc) !== functionOf(nextPc)) {
        if (stack.length > 1) top.name = functionOf(nextPc);
        else stack.push({ name: functionOf(nextPc), back: -1 });
      }
    });
    const found = profile.functions.map(({ name, self: cycles }): [string, number] => [name, cycles]);
    assert.deepEqual(new Map(found), self);
  });

  it('knows functions without symbols by where calls go', () => {
    const { elf, symbols } = assembleWithSymbols(
      `_start: call far
       jal ra, near
       ebreak
       near: nop
       ret
       far: ret`,
      [],
    );
    const program = loadProgram(elf);
    const { profile } = executeProfiled(program, [], []);
    assert.equal(profile.hasNames, false);
    const name = (label: string): string => `0x${(symbols.get(label) ?? 0).toString(16).padStart(8, '0')}`;
    assert.deepEqual(profile.functions.map(({ name: found }) => found).toSorted(), ['_start', 'near', 'far'].map(name));
  });

  it('names text between symbols by its address and ignores symbols outside the text', () => {
    const { elf, symbols } = assembleWithSymbols('_start: nop\nother: nop\nlast: nop', []);
    const at = symbols.get('other') ?? 0;
    const table = functionTable(loadProgram(elf), [
      { address: 0x100000, size: 4, name: 'below' },
      { address: at - 4, size: 4, name: 'start' },
      { address: at + 4, size: 400, name: 'last' },
      { address: 0x3000000, size: 4, name: 'above' },
    ]);
    assert.deepEqual(
      [...table.functionAt].map((index) => table.names[index]),
      ['start', `0x00${at.toString(16)}`, 'last'],
    );
  });
});

describe('a smaller tree', () => {
  const tree: CallTree = {
    parent: Int32Array.of(-1, 0, 0, 1, 1, 2),
    function: Int32Array.of(0, 1, 2, 3, 4, 5),
    calls: Float64Array.of(1, 1, 1, 1, 1, 1),
    self: Float64Array.of(5, 10, 20, 1, 30, 2),
    isCut: false,
    events: undefined,
  };

  it('keeps the paths with the most cycles, and all cycles', () => {
    assert.deepEqual(largestPaths(tree, 6), tree);
    const small = largestPaths(tree, 4);
    assert.deepEqual([...small.function], [0, 1, 2, 4]);
    assert.deepEqual([...small.parent], [-1, 0, 0, 1]);
    assert.deepEqual([...small.self], [5, 11, 22, 30]);
    assert.equal(small.isCut, true);
    assert.deepEqual([...largestPaths(tree, 0).self], [68]);
  });

  it('knows depths and totals', () => {
    assert.deepEqual([...depthsOf(tree)], [1, 2, 2, 3, 3, 3]);
    assert.deepEqual([...totalsOf(tree)], [68, 41, 22, 1, 30, 2]);
  });
});
