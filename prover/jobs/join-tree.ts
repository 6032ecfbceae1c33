/** In which order proofs of neighbouring spans are joined. */

/** A span by its number, or the join of neighbours. */
export type JoinTree = number | readonly JoinTree[];

/**
 * The tree over `count` spans whose joins take as many children as programs do (`sizes`): from below, as many as the largest
 * takes at once, so that few joins are left over, and what is left over moves up as it is. RangeError where these sizes do not
 * come down to one.
 */
export function joinTree(count: number, sizes: readonly number[]): JoinTree {
  let level: readonly JoinTree[] = Array.from({ length: count }, (_, i) => i);
  while (level.length > 1) {
    const next = joined(level, sizes);
    if (next.length === level.length)
      throw new RangeError(`no joins of ${sizes.join(', ')} make one of ${level.length} spans`);
    level = next;
  }
  const [tree] = level;
  if (tree === undefined) throw new RangeError('there are no spans to join');
  return tree;
}

function joined(level: readonly JoinTree[], sizes: readonly number[]): JoinTree[] {
  const next: JoinTree[] = [];
  for (let at = 0; at < level.length;) {
    const room = level.length - at;
    const size = Math.max(...sizes.filter((possible) => possible > 1 && possible <= room), 1);
    next.push(size === 1 ? level[at]! : level.slice(at, at + size));
    at += size;
  }
  return next;
}
