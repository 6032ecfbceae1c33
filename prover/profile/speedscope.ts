/**
 * A profile in the file format of speedscope (https://www.speedscope.app), which draws flame graphs in a browser.
 *
 * An execution with few calls becomes an `evented` profile, which keeps the order of time. Others become `sampled`: one
 * sample for each call path, its weight the cycles spent there. Weights are cycles either way and add up exactly.
 * Source: https://www.speedscope.app/file-format-schema.json.
 */
import { LEAVE, type CallTree } from './call-tree.ts';
import type { Profile } from './profile.ts';
import { depthsOf, shrink } from './summary.ts';

/** Numbers in all stacks of a sampled profile; the file stays below 10 MB. Paths with the fewest cycles go first. */
const STACK_BUDGET = 2 ** 20;

/** The JSON text of a speedscope file; `name` is what the viewer shows as its title. */
export function speedscopeFile(profile: Profile, name: string): string {
  const used = [...new Set(profile.tree.function)];
  const frameOf = new Map(used.map((index, frame) => [index, frame]));
  const frame = (tree: CallTree, node: number): number => frameOf.get(tree.function[node] ?? 0) ?? 0;
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'hardhat-zkvm',
    name,
    activeProfileIndex: 0,
    shared: { frames: used.map((index) => ({ name: profile.names[index] ?? '' })) },
    profiles: [profile.tree.events === undefined ? sampled(profile, name, frame) : evented(profile, name, frame)],
  });
}

type FrameOf = (tree: CallTree, node: number) => number;

function evented({ tree, cycles }: Profile, name: string, frame: FrameOf): object {
  const open: number[] = [];
  const events = Array.from(tree.events?.node ?? [], (node, i) => {
    const at = tree.events?.at[i] ?? 0;
    if (node === LEAVE) return { type: 'C', frame: frame(tree, open.pop() ?? 0), at };
    open.push(node);
    return { type: 'O', frame: frame(tree, node), at };
  });
  return { type: 'evented', name, unit: 'none', startValue: 0, endValue: cycles, events };
}

function sampled({ tree: full, cycles }: Profile, name: string, frame: FrameOf): object {
  const tree = shrink(full, depthsOf(full), STACK_BUDGET);
  const samples: number[][] = [];
  const weights: number[] = [];
  for (const [node, self] of tree.self.entries()) {
    if (self === 0) continue;
    const stack: number[] = [];
    for (let at = node; at >= 0; at = tree.parent[at] ?? -1) stack.push(frame(tree, at));
    samples.push(stack.reverse());
    weights.push(self);
  }
  return { type: 'sampled', name, unit: 'none', startValue: 0, endValue: cycles, samples, weights };
}
