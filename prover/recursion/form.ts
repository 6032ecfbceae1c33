/**
 * Wires, and the rows that compute them: how s1*a*b + s2*c becomes one row of Arithmetic after constants are folded and the
 * rows of its operands are taken in. Nothing here looks at a value that is not a constant.
 */
import * as ext from '../field/extension.ts';
import * as kb from '../field/koalabear.ts';
import type { ExtValue } from '../field/types.ts';

/** A value of the program: a constant, or a cell. Base elements and bits are elements with four zero limbs. */
export class Wire {
  /** Order of creation: names the wire in keys. */
  readonly id: number;
  readonly value: ExtValue;
  readonly constant: boolean;
  /** Address of the cell; undefined while a constant has none. */
  address: number | undefined;
  /** The row that computed it, if it may be taken into another row. */
  form: Form | undefined;

  constructor(id: number, value: ExtValue, constant: boolean, address: number | undefined) {
    this.id = id;
    this.value = value;
    this.constant = constant;
    this.address = address;
  }
}

/** s*a*b + sum k*x + shift; at most one linear term beside a product, at most two without. */
export type Form = {
  readonly product: { readonly s: number; readonly a: Wire; readonly b: Wire } | undefined;
  readonly linear: readonly (readonly [k: number, x: Wire])[];
  readonly shift: number;
};

/** s1*a*b + s2*c, every part optional. */
export type Terms = {
  readonly s1?: number;
  readonly a?: Wire;
  readonly b?: Wire;
  readonly s2?: number;
  readonly c?: Wire;
};

/** The row for s1*a*b + s2*c. */
export function normalise({ s1 = 0, a, b, s2 = 0, c }: Terms): Form {
  const builder = new FormBuilder();
  if (a !== undefined && b !== undefined) {
    builder.addProduct(s1, a, b, c === undefined || s2 === 0 || isBaseConstant(c));
  }
  if (c !== undefined) builder.addLinear(s2, c);
  return builder.form();
}

function isBaseConstant(wire: Wire): boolean {
  return wire.constant && ext.equals(wire.value, ext.fromBase(wire.value[0]));
}

/** Collects the terms of one row, taking in the forms of operands as long as the row can still hold them. */
class FormBuilder {
  #product: Form['product'];
  #linear: [number, Wire][] = [];
  #shift = 0;

  /** `mayAddLinear`: whether the row has room for a linear term of this product. */
  addProduct(s: number, a: Wire, b: Wire, mayAddLinear: boolean): void {
    if (s === 0) return;
    if (isBaseConstant(a)) return this.addLinear(kb.mul(s, a.value[0]), b);
    if (isBaseConstant(b)) return this.addLinear(kb.mul(s, b.value[0]), a);
    const scaledA = singleTerm(a);
    if (scaledA?.shift === 0) return this.addProduct(kb.mul(s, scaledA.k), scaledA.x, b, mayAddLinear);
    const scaledB = singleTerm(b);
    if (scaledB?.shift === 0) return this.addProduct(kb.mul(s, scaledB.k), a, scaledB.x, mayAddLinear);
    // (k*x + shift)*b = k*x*b + shift*b.
    if (scaledA !== undefined && mayAddLinear) {
      this.addProduct(kb.mul(s, scaledA.k), scaledA.x, b, false);
      return this.addLinear(kb.mul(s, scaledA.shift), b);
    }
    if (scaledB !== undefined && mayAddLinear) {
      this.addProduct(kb.mul(s, scaledB.k), a, scaledB.x, false);
      return this.addLinear(kb.mul(s, scaledB.shift), a);
    }
    this.#product = { s, a, b };
  }

  addLinear(k: number, x: Wire): void {
    if (k === 0) return;
    if (isBaseConstant(x)) {
      this.#shift = kb.add(this.#shift, kb.mul(k, x.value[0]));
      return;
    }
    const form = x.form;
    if (form !== undefined) {
      const single = singleTerm(x);
      if (single !== undefined) {
        this.#shift = kb.add(this.#shift, kb.mul(k, single.shift));
        return this.addLinear(kb.mul(k, single.k), single.x);
      }
      if (form.product !== undefined && form.linear.length === 0 && this.#product === undefined) {
        this.#product = { ...form.product, s: kb.mul(k, form.product.s) };
        this.#shift = kb.add(this.#shift, kb.mul(k, form.shift));
        return;
      }
    }
    const same = this.#linear.findIndex(([, y]) => y === x);
    if (same < 0) this.#linear.push([k, x]);
    else {
      const sum = kb.add(this.#linear[same]![0], k);
      if (sum === 0) this.#linear.splice(same, 1);
      else this.#linear[same] = [sum, x];
    }
  }

  form(): Form {
    if (this.#linear.length > (this.#product === undefined ? 2 : 1)) throw new Error('too many terms for one row');
    return { product: this.#product, linear: this.#linear, shift: this.#shift };
  }
}

/** The wire as k*x + shift, if its row is that. */
function singleTerm(wire: Wire): { k: number; x: Wire; shift: number } | undefined {
  const form = wire.form;
  if (form === undefined || form.product !== undefined || form.linear.length !== 1) return undefined;
  const [k, x] = form.linear[0]!;
  return { k, x, shift: form.shift };
}

/** The value of a row. */
export function valueOf({ product, linear, shift }: Form): ExtValue {
  let value = ext.fromBase(shift);
  if (product !== undefined) {
    const { s, a, b } = product;
    value = ext.add(value, ext.scale(ext.mul(a.value, b.value), s));
  }
  for (const [k, x] of linear) value = ext.add(value, k === 1 ? x.value : ext.scale(x.value, k));
  return value;
}

/** Names a row: equal keys, equal results. */
export function keyOf({ product, linear, shift }: Form): string {
  const p = product === undefined ? '' : `${product.s}*${ordered(product.a.id, product.b.id)}`;
  const terms = linear.map(([k, x]) => `${x.id}:${k}`);
  return `${p}|${terms.sort().join('+')}|${shift}`;
}

function ordered(a: number, b: number): string {
  return a < b ? `${a}.${b}` : `${b}.${a}`;
}
