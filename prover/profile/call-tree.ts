/**
 * Where the cycles of an execution went, by call path: a tree with one node for each chain of calls from the entry, built
 * from the jumps that the executor reports.
 *
 * A call is a jump that leaves a return address in ra or t0. A return is a jump through one of them to a return address
 * that is on the stack; what lies above it is left as well. A jump to another function without a return address is a tail
 * call: it takes the caller's place. All other jumps stay in their function. Cycles of a jump belong to where it is.
 *
 * Whatever a program does with its registers, the cycles of all nodes add up to those of the execution.
 */
import type { Observer } from '../vm/run/fast.ts';
import { isLink, type FunctionTable } from './functions.ts';

/** Call paths longer than this are cut: the calls beyond count for the last function of the path. */
export const DEPTH_LIMIT = 512;
/** Call paths that are told apart; further ones count for their caller. */
export const NODE_LIMIT = 2 ** 17;
/** Calls and returns that are kept in the order of time; an execution with more, or whose tree is cut, keeps none. */
export const EVENT_LIMIT = 2 ** 17;
/** Open calls whose return address is kept; deeper ones are only counted. */
const STACK_LIMIT = 2 ** 20;

/** A node's parent has a smaller number; node 0 is the entry. */
export type CallTree = {
  readonly parent: Int32Array;
  /** Index into the names of the table. */
  readonly function: Int32Array;
  readonly calls: Float64Array;
  /** Cycles in the function itself on this path. */
  readonly self: Float64Array;
  /** True when a limit was reached and some calls count for their callers. */
  readonly isCut: boolean;
  readonly events: CallEvents | undefined;
};

/** Calls and returns in the order of time: at cycle `at[i]` the node is entered, or left when it is `LEAVE`. */
export type CallEvents = { readonly at: Float64Array; readonly node: Int32Array };
export const LEAVE = -1;

/** Builds the tree of one execution that begins at `entry`. */
export class CallTreeBuilder implements Observer {
  readonly #table: FunctionTable;
  #parent = new Int32Array(1024);
  #function = new Int32Array(1024);
  #depth = new Int32Array(1024);
  #calls = new Float64Array(1024);
  #self = new Float64Array(1024);
  #nodes = 0;
  /** Node by parent and function. */
  readonly #children = new Map<number, number>();
  /** The last caller and callee of each jump, so that most calls need no look-up. */
  readonly #siteParent: Int32Array;
  readonly #siteChild: Int32Array;
  /** Return address, and node to go back to, of each open call. */
  readonly #returnTo: Int32Array;
  readonly #callers: Int32Array;
  #height = 0;
  #uncountedCalls = 0;
  /** How often each text word is on the stack as a return address. */
  readonly #open: Int32Array;
  #node: number;
  #since = 0;
  #isCut = false;
  readonly #eventAt = new Float64Array(EVENT_LIMIT);
  readonly #eventNode = new Int32Array(EVENT_LIMIT);
  #events = 0;

  constructor(table: FunctionTable, entry: number) {
    const length = table.functionAt.length;
    this.#table = table;
    this.#siteParent = new Int32Array(length).fill(-1);
    this.#siteChild = new Int32Array(length);
    this.#open = new Int32Array(length + 1);
    this.#returnTo = new Int32Array(STACK_LIMIT);
    this.#callers = new Int32Array(STACK_LIMIT);
    this.#node = this.#add(-1, table.functionAt[(entry - table.base) >> 2] ?? 0);
    this.#enter(this.#node, 0);
  }

  jump(fromPc: number, toPc: number, rd: number, rs1: number, cycles: number): void {
    const { base, functionAt } = this.#table;
    const from = (fromPc - base) >> 2;
    const to = (toPc - base) >> 2;
    // A target outside the text faults next.
    if (to < 0 || to >= functionAt.length) return;
    if (isLink(rd)) this.#call(from, to, cycles);
    else if (isLink(rs1) && (this.#open[to] !== 0 || this.#uncountedCalls > 0)) this.#return(to, cycles);
    else if (functionAt[from] !== functionAt[to]) this.#tailCall(from, to, cycles);
  }

  /** The tree of the execution, which ended after `cycles` instructions. */
  finish(cycles: number): CallTree {
    this.#spend(cycles);
    for (let node = this.#node; node >= 0; node = this.#parent[node] ?? -1) this.#event(LEAVE, cycles);
    const [count, events] = [this.#nodes, this.#events];
    return {
      parent: this.#parent.slice(0, count),
      function: this.#function.slice(0, count),
      calls: this.#calls.slice(0, count),
      self: this.#self.slice(0, count),
      isCut: this.#isCut,
      events:
        events > EVENT_LIMIT || this.#isCut
          ? undefined
          : { at: this.#eventAt.slice(0, events), node: this.#eventNode.slice(0, events) },
    };
  }

  #call(from: number, to: number, cycles: number): void {
    const caller = this.#node;
    let callee: number;
    if (this.#siteParent[from] === caller && this.#function[this.#siteChild[from]!] === this.#table.functionAt[to]) {
      callee = this.#siteChild[from]!;
    } else {
      callee = this.#child(caller, this.#table.functionAt[to]!);
      this.#siteParent[from] = caller;
      this.#siteChild[from] = callee;
    }
    if (this.#height === STACK_LIMIT) {
      this.#uncountedCalls++;
      this.#isCut = true;
    } else {
      this.#returnTo[this.#height] = from + 1;
      this.#callers[this.#height] = caller;
      this.#height++;
      this.#open[from + 1]!++;
    }
    if (callee === caller) return;
    this.#spend(cycles);
    this.#node = callee;
    this.#enter(callee, cycles);
  }

  #return(to: number, cycles: number): void {
    if (this.#uncountedCalls > 0) {
      this.#uncountedCalls--;
      return;
    }
    let caller = 0;
    for (let isFound = false; !isFound;) {
      this.#height--;
      const address = this.#returnTo[this.#height]!;
      this.#open[address]!--;
      caller = this.#callers[this.#height]!;
      isFound = address === to;
    }
    this.#goBackTo(caller, cycles);
  }

  /** Leaves nodes until `caller`, which is the current node or above it. */
  #goBackTo(caller: number, cycles: number): void {
    if (this.#node === caller) return;
    this.#spend(cycles);
    for (let node = this.#node; node !== caller && node >= 0; node = this.#parent[node]!) this.#event(LEAVE, cycles);
    this.#node = caller;
  }

  #tailCall(from: number, to: number, cycles: number): void {
    const { functionAt, startAt, hasNames } = this.#table;
    // Without names only some beginnings are known, and none of the ends.
    if (!hasNames && startAt[to] === 0) return;
    const next = functionAt[to]!;
    const node = this.#node;
    if (this.#function[node] === next) return;
    const parent = this.#parent[node]!;
    const replacement = parent < 0 ? this.#child(node, next) : this.#replace(node, parent, from, next);
    if (replacement === node) return;
    this.#spend(cycles);
    if (parent >= 0) this.#event(LEAVE, cycles);
    this.#node = replacement;
    if (replacement !== parent) this.#enter(replacement, cycles);
  }

  #replace(node: number, parent: number, from: number, next: number): number {
    if (this.#siteParent[from] === node && this.#function[this.#siteChild[from]!] === next) {
      return this.#siteChild[from]!;
    }
    const replacement = this.#child(parent, next);
    this.#siteParent[from] = node;
    this.#siteChild[from] = replacement;
    return replacement;
  }

  /** The node of a function called from a node; the node itself at a limit. */
  #child(parent: number, callee: number): number {
    const key = parent * this.#table.names.length + callee;
    const known = this.#children.get(key);
    if (known !== undefined) return known;
    if (this.#nodes === NODE_LIMIT || this.#depth[parent]! >= DEPTH_LIMIT) {
      this.#isCut = true;
      return parent;
    }
    const child = this.#add(parent, callee);
    this.#children.set(key, child);
    return child;
  }

  #add(parent: number, callee: number): number {
    const node = this.#nodes++;
    if (node === this.#parent.length) this.#grow();
    this.#parent[node] = parent;
    this.#function[node] = callee;
    this.#depth[node] = parent < 0 ? 1 : this.#depth[parent]! + 1;
    return node;
  }

  #grow(): void {
    const larger = <T extends Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    const size = 2 * this.#parent.length;
    this.#parent = larger(this.#parent, new Int32Array(size));
    this.#function = larger(this.#function, new Int32Array(size));
    this.#depth = larger(this.#depth, new Int32Array(size));
    this.#calls = larger(this.#calls, new Float64Array(size));
    this.#self = larger(this.#self, new Float64Array(size));
  }

  #enter(node: number, cycles: number): void {
    this.#calls[node]!++;
    this.#event(node, cycles);
  }

  /** Gives the cycles since the last change to the current node. */
  #spend(cycles: number): void {
    this.#self[this.#node]! += cycles - this.#since;
    this.#since = cycles;
  }

  #event(node: number, cycles: number): void {
    if (this.#events < EVENT_LIMIT) {
      this.#eventAt[this.#events] = cycles;
      this.#eventNode[this.#events] = node;
    }
    this.#events++;
  }
}
