/**
 * Digests of what is static: the parameters of a layer and the machine it proves. The transcript observes both before
 * anything else, so that two layers or two machines never share a challenge.
 */
import type { Machine } from '../air/machine.ts';
import { numberBackend, type NumberWires } from '../air/number-backend.ts';
import { PROTOCOL } from '../core/protocol.ts';
import { P } from '../field/koalabear.ts';
import { domainCapacity } from '../hash/sponge-koalabear.ts';
import { MAX_GROUP, MAX_MESSAGE } from '../air/chip.ts';
import type { LayerParameters } from './parameters.ts';

export { PROTOCOL };

const machineDigests = new WeakMap<Machine, readonly number[]>();

/** Eight base elements that depend on every field of the parameters. */
export function parameterDigest(parameters: LayerParameters): number[] {
  // Destructured without a rest: a field added to the parameters fails to compile here until it is part of the digest.
  const {
    id,
    hash,
    logRows,
    logColumns,
    mainColumns,
    preStart,
    logPreColumns,
    logPreRows,
    logInverseRate,
    folds,
    shrinks,
    queries,
    queryPowBits,
    lookupPowBits,
    multiplicities,
    ...nothing
  } = parameters;
  const complete: Record<string, never> = nothing;
  return fold('parameters', [
    id,
    hash,
    logRows,
    logColumns,
    mainColumns,
    preStart,
    logPreColumns,
    logPreRows,
    logInverseRate,
    folds,
    shrinks,
    queries,
    queryPowBits,
    lookupPowBits,
    multiplicities,
    MAX_GROUP,
    MAX_MESSAGE,
    complete,
  ]);
}

/**
 * Eight base elements that depend on the AIR: columns, constraints, interactions, grouping, closed forms (all their
 * values) and the verifier's own bus terms (at fixed arguments, which binds them as polynomials).
 */
export function machineDigest(machine: Machine): readonly number[] {
  let digest = machineDigests.get(machine);
  if (digest === undefined) machineDigests.set(machine, (digest = fold('machine', describe(machine))));
  return digest;
}

/**
 * Eight base elements for what keys mean on this machine: its interface, where it has one, else the whole AIR. Keys of
 * machines with equal ones are the same keys; machines whose proofs are to pass for each other must agree in it.
 */
export function interfaceDigest(machine: Machine): readonly number[] {
  const { keyInterface } = machine;
  return keyInterface === undefined ? machineDigest(machine) : fold('interface', keyInterface);
}

function describe(machine: Machine): unknown[] {
  const chips = machine.chips.map((chip) => [
    chip.name,
    chip.logHeight,
    chip.columns.map((column) => [column.name, column.kind]),
    chip.preprocessed.map((column) => [column.name, column.kind]),
    chip.closedForms.map((form) => {
      const height = typeof chip.logHeight === 'number' ? 2 ** chip.logHeight : 0;
      return [form.name, Array.from({ length: height }, (_, row) => form.at(row))];
    }),
    chip.graph.nodes.map((node) => {
      if (node.op === 'const') return [node.op, node.value];
      return node.op === 'column' ? [node.op, node.source, node.index] : [node.op, node.left, node.right];
    }),
    chip.constraints.map((constraint) => [constraint.label, constraint.node]),
    chip.interactions.map((i) => [i.label, i.bus.name, i.bus.id, i.bus.length, i.sign, i.multiplicity, i.message]),
    chip.groups,
  ]);
  return [
    machine.name,
    machine.publicValueNames,
    machine.publicValueCount,
    machine.keyFeltNames,
    chips,
    terms(machine),
  ];
}

/** The boundary terms at fixed pseudo-random arguments. */
function terms(machine: Machine): unknown[] {
  const element = (kind: string, i: number): number => domainCapacity(`${PROTOCOL}/boundary/${kind}/${i}`)[0] ?? 0;
  const publicValues = Array.from({ length: machine.publicValueCount }, (_, i) => element('public', i) % P);
  const keyFelts = machine.keyFeltNames.map((_, i) => element('key', i) % P);
  // The arguments are arbitrary, so assertions between them may fail; only the terms count here.
  const on = numberBackend(() => undefined);
  return machine
    .boundary<NumberWires>(on, publicValues, keyFelts)
    .map((term) => [term.bus.id, term.sign, term.multiplicity, term.message]);
}

function fold(kind: string, description: unknown): number[] {
  return domainCapacity(`${PROTOCOL}/${kind}/${JSON.stringify(description)}`);
}
