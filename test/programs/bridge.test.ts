/** The program `bridge` against ethereumjs, and on proofs and headers that must not count. */
import { createBlockHeader } from '@ethereumjs/block';
import { Common, Hardfork, Mainnet } from '@ethereumjs/common';
import { createMerkleProof, verifyMerkleProof, type MerklePatriciaTrie } from '@ethereumjs/mpt';
import { RLP } from '@ethereumjs/rlp';
import { AbiCoder, concat, getBytes, hexlify, keccak256, toBeHex } from 'ethers';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { execute, loadProgram, type Execution } from '../../prover/index.ts';
import {
  SAMPLE_SLOTS,
  derived,
  getProof,
  makeChain,
  sampleChain,
  type Chain,
  type Storage,
} from '../../programs/bridge/chain.ts';
import { SAMPLE, bridgeInput, sampleInput, type EthProof } from '../../programs/bridge/input.ts';
import { programFile } from '../support/samples.ts';
import { assertOneShard } from '../support/room.ts';

const PROGRAM = loadProgram(programFile('bridge', 'bridge.elf')!);
const CODER = AbiCoder.defaultAbiCoder();
const TYPES = ['bytes32', 'uint64', 'uint64', 'address', 'tuple(bytes32,bytes32)[]'];

/** Two slots whose hashes begin with the same eight hexadecimal digits, found by trying 105,566 slots. */
const NEIGHBOURS: readonly [bigint, bigint] = [40_364n, 105_566n];

const word = (value: bigint): string => toBeHex(value, 32);

function run(item: Uint8Array): Execution {
  return execute(PROGRAM, [item], { cycleLimit: 50_000_000 });
}

function refuse(message: RegExp, item: Uint8Array, what?: string): void {
  const { outcome, stderr, publicValues } = run(item);
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 }, what);
  assert.match(new TextDecoder().decode(stderr), message);
  assert.equal(publicValues.length, 0);
}

function publicValues(item: Uint8Array): string {
  const execution = run(item);
  assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 0 }, new TextDecoder().decode(execution.stderr));
  return hexlify(execution.publicValues);
}

/** What ethereumjs finds by a proof; checks that it proves something. */
async function provenValue(trie: MerklePatriciaTrie, key: string, nodes: readonly string[]): Promise<string> {
  const options = { useKeyHashing: true, root: trie.root() };
  const proof = nodes.map((node) => getBytes(node));
  // ethereumjs wants nodes that stand within others too, and no node at all is no proof to it.
  const whole = await createMerkleProof(trie, getBytes(key));
  assert.deepEqual(
    whole.filter((node, index) => index === 0 || node.length >= 32),
    proof,
  );
  if (proof.length === 0) return '0x';
  const value = await verifyMerkleProof(getBytes(key), whole, options);
  return value === null ? '0x' : hexlify(value);
}

/** The program must find in a chain what was put there. */
async function agree(storage: Storage, slots: readonly bigint[], chain: Chain): Promise<void> {
  const proof = await getProof(chain, slots);
  for (const { key, proof: nodes } of proof.storageProof) {
    const value = storage.get(BigInt(key));
    const expected = value === undefined ? '0x' : hexlify(RLP.encode(value));
    assert.equal(await provenValue(chain.storage, key, nodes), expected);
  }
  const { header } = chain;
  assert.equal(
    publicValues(bridgeInput(header.serialize(), proof)),
    CODER.encode(TYPES, [
      header.hash(),
      header.number,
      header.timestamp,
      chain.contract,
      slots.map((slot) => [word(slot), word(storage.get(slot) ?? 0n)]),
    ]),
  );
}

type Change = { readonly what: string; readonly nodes: readonly string[] };

/** A list of nodes in all the ways in which it can be a little wrong. */
function wrongNodes(nodes: readonly string[], others: readonly string[]): Change[] {
  const changes: Change[] = [
    { what: 'no nodes', nodes: [] },
    { what: 'the nodes of another key', nodes: others },
    { what: 'reversed', nodes: nodes.toReversed() },
    { what: 'one node too many', nodes: [...nodes, nodes.at(-1)!] },
    { what: 'an empty node at the end', nodes: [...nodes, '0x80'] },
    { what: 'an empty node in front', nodes: ['0x80', ...nodes] },
    { what: 'an empty node only', nodes: ['0x80'] },
    { what: 'no bytes', nodes: ['0x', ...nodes] },
  ];
  for (const [index, node] of nodes.entries()) {
    const bytes = getBytes(node);
    const withNode = (what: string, changed: Uint8Array | string): void => {
      changes.push({ what: `node ${index}: ${what}`, nodes: nodes.with(index, hexlify(changed)) });
    };
    for (const at of [0, 1, bytes.length >> 1, bytes.length - 1]) {
      const flipped = bytes.slice();
      flipped[at]! ^= 1;
      withNode(`a bit of byte ${at}`, flipped);
    }
    withNode('one byte less', bytes.slice(0, -1));
    withNode('one byte more', concat([bytes, '0x00']));
    withNode('the hash in its place', keccak256(bytes));
    if (bytes[0] === 0xf9) withNode('a longer length', concat(['0xfa00', bytes.slice(1)]));
    changes.push({ what: `without node ${index}`, nodes: nodes.toSpliced(index, 1) });
    changes.push({ what: `cut before node ${index}`, nodes: nodes.slice(0, index) });
  }
  return changes;
}

/** Nodes of a trie from the root to a leaf, each given by how it is made from the hash of the next. */
function trieOf(
  leaf: Uint8Array,
  ...above: readonly ((child: Uint8Array) => unknown)[]
): { root: string; nodes: string[] } {
  const nodes = [leaf];
  for (const make of above.toReversed())
    nodes.unshift(RLP.encode(make(getBytes(keccak256(nodes[0]!))) as Uint8Array[]));
  return { root: keccak256(nodes[0]!), nodes: nodes.map((node) => hexlify(node)) };
}

/** A leaf with the rest of a key behind so many digits. */
function leafOf(key: string, digits: number, value: Uint8Array): Uint8Array {
  const rest = keccak256(key).slice(2 + digits);
  return RLP.encode([getBytes(rest.length % 2 === 0 ? `0x20${rest}` : `0x3${rest}`), value]);
}

/** A branch with 16 children, of which the one of the digit `at` of a key is given and the others are hashes of something. */
function fullBranch(key: string, at: number, child: Uint8Array): Uint8Array[] {
  const digit = Number.parseInt(keccak256(key)[2 + at]!, 16);
  const children = Array.from({ length: 16 }, (_, index) => getBytes(derived(`child ${at}`, index)));
  return [...children.with(digit, child), new Uint8Array()];
}

/** A way through so many full branches to a value. */
function longWay(key: string, value: Uint8Array, branches: number): { root: string; nodes: string[] } {
  const above = Array.from({ length: branches }, (_, at) => (child: Uint8Array) => fullBranch(key, at, child));
  return trieOf(leafOf(key, branches, value), ...above);
}

const word32 = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const randomStorage = fc
  .array(
    fc.tuple(
      fc.oneof(fc.bigInt({ min: 0n, max: 20n }), word32),
      fc.oneof(
        fc.bigInt(1n, 300n),
        word32.map((n) => n || 1n),
      ),
    ),
    { maxLength: 40 },
  )
  .map((entries): Storage => new Map(entries));

describe('bridge: what it proves', () => {
  it('gives the slots of the sample, within one shard', async () => {
    const chain = await sampleChain();
    assert.equal(hexlify(chain.header.serialize()), SAMPLE.header);
    assert.deepEqual(await getProof(chain, SAMPLE_SLOTS), SAMPLE.proof);
    const [supply, holder, nothing] = SAMPLE.proof.storageProof.map(({ value }) => BigInt(value));
    assert.equal(holder, BigInt(derived('tokens', 7)) >> 170n);
    assert.equal(nothing, 0n);
    await agree(
      new Map([
        [SAMPLE_SLOTS[0]!, supply!],
        [SAMPLE_SLOTS[1]!, holder],
      ]),
      SAMPLE_SLOTS,
      chain,
    );
    assertOneShard(PROGRAM, [sampleInput()[0]!]);
  });

  it('agrees with ethereumjs on random storage, also where there is nothing', async () => {
    const accounts = fc.constantFrom(0, 1, 3, 20);
    await fc.assert(
      fc.asyncProperty(
        randomStorage,
        fc.array(fc.bigInt(0n, 20n), { maxLength: 3 }),
        accounts,
        async (storage, more, others) => {
          await agree(storage, [...[...storage.keys()].slice(0, 3), ...more], await makeChain(storage, others));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('finds leaves that stand within their branch, behind an extension', async () => {
    const [first, second] = NEIGHBOURS;
    assert.equal(keccak256(word(first)).slice(0, 10), keccak256(word(second)).slice(0, 10));
    const storage = new Map([
      [first, 5n],
      [second, 7n],
    ]);
    const chain = await makeChain(storage, 5);
    const { storageProof } = await getProof(chain, [first]);
    const whole = await createMerkleProof(chain.storage, getBytes(word(first)));
    assert.equal(storageProof[0]!.proof.length, 2);
    assert.ok(whole.length === 3 && whole[2]!.length < 32);
    await agree(storage, [first, second, 1n, 2n, 3n], chain);
    const wider = new Map([
      ...storage,
      ...Array.from({ length: 40 }, (_, index): [bigint, bigint] => [BigInt(index), 9n]),
    ]);
    await agree(wider, [first, second, 1n, 999n], await makeChain(wider, 5));
  });

  it('proves the account alone, and every slot of an account without storage to be zero', async () => {
    await agree(new Map([[1n, 1n]]), [], await makeChain(new Map([[1n, 1n]]), 3));
    await agree(new Map(), [0n, 1n], await makeChain(new Map(), 3));
  });

  it('follows ways as long as those of the mainnet, within one shard', async () => {
    const chain = await makeChain(new Map(), 0);
    const slot = longWay(word(5n), RLP.encode(77n), 2);
    const account = RLP.encode([3n, 10n ** 20n, getBytes(slot.root), getBytes(derived('code'))]);
    const state = longWay(chain.contract, account, 8);
    const header = RLP.encode(chain.header.raw().with(3, getBytes(state.root)));
    const item = bridgeInput(header, {
      address: chain.contract,
      nonce: '0x3',
      balance: toBeHex(10n ** 20n),
      storageHash: slot.root,
      codeHash: derived('code'),
      accountProof: state.nodes,
      storageProof: [{ key: word(5n), value: '0x4d', proof: slot.nodes }],
    });
    assert.deepEqual([...(CODER.decode(TYPES, publicValues(item))[4] as string[][])[0]!], [word(5n), word(77n)]);
    assertOneShard(PROGRAM, [item]);
  });

  it('reads headers of all forks, and those with fields yet to come', async () => {
    const chain = await makeChain(new Map([[1n, 5n]]), 4);
    const proof = await getProof(chain, [1n]);
    const stateRoot = chain.state.root();
    for (const [hardfork, fields] of [
      [Hardfork.Chainstart, 15],
      [Hardfork.London, 16],
      [Hardfork.Shanghai, 17],
      [Hardfork.Cancun, 20],
      [Hardfork.Osaka, 21],
    ] as const) {
      const common = new Common({ chain: Mainnet, hardfork });
      const header = createBlockHeader({ stateRoot, number: 300n, timestamp: 77n, gasLimit: 5000n }, { common });
      assert.equal(header.raw().length, fields);
      const values = CODER.decode(TYPES, publicValues(bridgeInput(header.serialize(), proof)));
      assert.deepEqual([...values].slice(0, 3), [hexlify(header.hash()), 300n, 77n]);
    }
    const future = RLP.encode([...chain.header.raw(), new Uint8Array(32), Uint8Array.of(1)]);
    assert.equal(CODER.decode(TYPES, publicValues(bridgeInput(future, proof)))[0], keccak256(future));
  });
});

describe('bridge: proofs that must not count', () => {
  const storage: Storage = new Map(Array.from({ length: 60 }, (_, index) => [BigInt(index), BigInt(index) + 1n]));
  let chain: Chain;
  let header: Uint8Array;
  let proof: EthProof;
  before(async () => {
    chain = await makeChain(storage, 60);
    header = chain.header.serialize();
    proof = await getProof(chain, [7n, 8n, 77n]);
  });

  const accountFails = /the proof of the account fails: /;
  const slotFails = (index: number): RegExp => new RegExp(`the proof of slot ${index} fails: `);

  /** The item with a slot's key, value or proof changed. */
  function withSlot(index: number, change: Partial<EthProof['storageProof'][number]>): Uint8Array {
    const slot = { ...proof.storageProof[index]!, ...change };
    return bridgeInput(header, { ...proof, storageProof: proof.storageProof.with(index, slot) });
  }

  it('refuses nodes that are changed, missing, too many or in another order', () => {
    const [seven, eight, absent] = proof.storageProof;
    assert.ok(seven!.proof.length >= 2 && absent!.proof.length >= 2 && proof.accountProof.length >= 2);
    for (const { what, nodes } of wrongNodes(proof.accountProof, seven!.proof)) {
      refuse(accountFails, bridgeInput(header, { ...proof, accountProof: nodes }), what);
    }
    for (const { what, nodes } of wrongNodes(seven!.proof, eight!.proof))
      refuse(slotFails(0), withSlot(0, { proof: nodes }), what);
    for (const { what, nodes } of wrongNodes(absent!.proof, eight!.proof))
      refuse(slotFails(2), withSlot(2, { proof: nodes }), what);
  });

  it('refuses another value, a value that is not there, and nothing where there is a value', () => {
    for (const value of ['0x0', '0x9', '0x7', '0x0108', word(8n << 248n)]) refuse(slotFails(0), withSlot(0, { value }));
    refuse(slotFails(2), withSlot(2, { value: '0x1' }));
    for (const { what, nodes } of wrongNodes(proof.storageProof[0]!.proof, [])) {
      refuse(slotFails(0), withSlot(0, { value: '0x0', proof: nodes }), what);
    }
  });

  it('refuses a proof of nothing for a slot that has a value, whatever slot it was made for', async () => {
    const absent = await getProof(
      chain,
      Array.from({ length: 40 }, (_, index) => BigInt(1000 + index)),
    );
    for (const { proof: nodes } of absent.storageProof)
      refuse(slotFails(0), withSlot(0, { value: '0x0', proof: nodes }));
  });

  it('refuses the proof of another slot, account or contract', async () => {
    refuse(slotFails(0), withSlot(0, { key: word(8n) }));
    refuse(slotFails(2), withSlot(2, { key: word(9n) }));
    refuse(accountFails, bridgeInput(header, { ...proof, address: `0x${derived('address', 3).slice(26)}` }));
    // Nobody has this address, and its proof says so; an account of zeros is not what it is a proof of.
    const address = `0x${'12'.repeat(20)}`;
    const nodes = (await createMerkleProof(chain.state, getBytes(address))).map((node) => hexlify(node));
    assert.equal(await provenValue(chain.state, address, nodes), '0x');
    const nobody = { ...proof, address, accountProof: nodes, storageProof: [] };
    refuse(accountFails, bridgeInput(header, nobody));
    refuse(accountFails, bridgeInput(header, { ...nobody, nonce: '0x0', balance: '0x0', codeHash: keccak256('0x') }));
  });

  it('refuses an account that is changed, and storage of another time', async () => {
    const other = await makeChain(new Map([...storage, [7n, 1000n]]), 60);
    const stolen = await getProof(other, [7n]);
    for (const change of [
      { nonce: '0x2' },
      { nonce: '0x0' },
      { balance: '0xde0b6b3a7640001' },
      { balance: '0x0' },
      { codeHash: word(1n) },
      { storageHash: stolen.storageHash, storageProof: stolen.storageProof },
    ]) {
      refuse(accountFails, bridgeInput(header, { ...proof, ...change }));
    }
    refuse(accountFails, bridgeInput(header, stolen));
    refuse(slotFails(0), bridgeInput(header, { ...proof, storageProof: stolen.storageProof }));
  });

  it('refuses to go on behind a value that is the hash of a node', async () => {
    // The leaf claims 99 for the rest of the key behind the value's leaf, of which nothing is left.
    const leaf = RLP.encode([Uint8Array.of(0x20), RLP.encode(99n)]);
    const padded = RLP.encode([Uint8Array.of(0x20), RLP.encode(BigInt(derived('long')))]);
    assert.ok(leaf.length < 32 && padded.length >= 32);
    for (const node of [leaf, padded]) {
      const trap = await makeChain(new Map([...storage, [7n, BigInt(keccak256(node))]]), 20);
      const honest = await getProof(trap, [7n]);
      const [slot] = honest.storageProof;
      const nodes = [...slot!.proof, hexlify(node)];
      for (const value of ['0x63', derived('long'), '0x0', slot!.value]) {
        const forged = { ...honest, storageProof: [{ ...slot!, value, proof: nodes }] };
        refuse(slotFails(0), bridgeInput(trap.header.serialize(), forged));
      }
    }
  });

  it('refuses a leaf within its branch that comes as a node of its own, or is changed', async () => {
    const [first, second] = NEIGHBOURS;
    const near = await makeChain(
      new Map([
        [first, 5n],
        [second, 7n],
      ]),
      5,
    );
    const honest = await getProof(near, [first]);
    const [slot] = honest.storageProof;
    const embedded = (await createMerkleProof(near.storage, getBytes(word(first))))[2]!;
    const withProof = (nodes: readonly string[], value = slot!.value): Uint8Array =>
      bridgeInput(near.header.serialize(), { ...honest, storageProof: [{ ...slot!, value, proof: nodes }] });
    assert.equal(run(withProof(slot!.proof)).outcome.kind, 'halt');
    refuse(slotFails(0), withProof([...slot!.proof, hexlify(embedded)]));
    refuse(slotFails(0), withProof([hexlify(embedded)]));
    refuse(slotFails(0), withProof(slot!.proof, '0x7'));
    refuse(slotFails(0), withProof(slot!.proof, '0x0'));
    // The extension alone ends where the key goes on: neither nothing nor the child's hash is there.
    refuse(slotFails(0), withProof(slot!.proof.slice(0, 1), '0x0'));
    refuse(slotFails(0), withProof(slot!.proof.slice(0, 1), keccak256(slot!.proof[1]!)));
    for (const { what, nodes } of wrongNodes(slot!.proof, proof.storageProof[0]!.proof)) {
      refuse(slotFails(0), withProof(nodes), what);
      refuse(slotFails(0), withProof(nodes, '0x0'), what);
    }
  });
});

describe('bridge: tries that no chain has', () => {
  const key = word(5n);
  const digits = keccak256(key).slice(2);
  const value = RLP.encode(77n);
  const compact = (path: string): Uint8Array => getBytes(path.length % 2 === 0 ? `0x00${path}` : `0x1${path}`);
  const none = new Uint8Array();

  /** A block whose contract has this storage root, and what is claimed of slot 5 there. */
  async function claim(trie: { root: string; nodes: string[] }, claimed: string): Promise<Uint8Array> {
    const chain = await makeChain(new Map(), 0);
    const account = RLP.encode([1n, 1n, getBytes(trie.root), getBytes(derived('code'))]);
    const state = longWay(chain.contract, account, 1);
    return bridgeInput(RLP.encode(chain.header.raw().with(3, getBytes(state.root))), {
      address: chain.contract,
      nonce: '0x1',
      balance: '0x1',
      storageHash: trie.root,
      codeHash: derived('code'),
      accountProof: state.nodes,
      storageProof: [{ key, value: claimed, proof: trie.nodes }],
    });
  }

  it('finds the value where the nodes are as they should be', async () => {
    const extension = (child: Uint8Array): unknown => [compact(digits.slice(0, 3)), child];
    const good = trieOf(leafOf(key, 4, value), extension, (child) => fullBranch(key, 3, child));
    assert.match(publicValues(await claim(good, '0x4d')), /4d$/);
    refuse(/the proof of slot 0 fails: /, await claim(good, '0x0'));
  });

  it('refuses leaves, extensions and branches in places where they cannot be', async () => {
    const branch = (at: number) => (child: Uint8Array) => fullBranch(key, at, child);
    const wrong = {
      'a leaf whose path is too short': trieOf(leafOf(key, 2, value), branch(0)),
      'an extension marked as a leaf': trieOf(leafOf(key, 3, value), (child) => [
        getBytes(`0x3${digits.slice(0, 3)}`),
        child,
      ]),
      'a leaf marked as an extension': trieOf(RLP.encode([compact(digits.slice(1)), value]), branch(0)),
      'an unknown kind of node': trieOf(RLP.encode([getBytes(`0x5${digits.slice(1)}`), value]), branch(0)),
      'a branch of 16 items': trieOf(leafOf(key, 1, value), (child) => fullBranch(key, 0, child).slice(1)),
      'three items': trieOf(leafOf(key, 1, value), (child) => [none, child, none]),
      'text as a node': trieOf(RLP.encode(value), branch(0)),
      'no list at all': trieOf(getBytes(derived('noise')), branch(0)),
      'the empty node behind a branch': trieOf(Uint8Array.of(0x80), branch(0)),
      'the value in the branch': trieOf(RLP.encode([...Array.from({ length: 16 }, () => none), value])),
      'an extension within a branch that leads to a leaf': trieOf(
        RLP.encode([...Array.from({ length: 16 }, () => [compact('1'), [Uint8Array.of(0x20), value]]), none] as never),
      ),
    };
    for (const [what, trie] of Object.entries(wrong))
      refuse(/the proof of slot 0 fails: /, await claim(trie, '0x4d'), what);
    // The library for paths ends the program here, with the same exit code.
    refuse(/resulting length would exceed/, await claim(trieOf(leafOf(key, 0, value), branch(0)), '0x4d'));
  });
});

describe('bridge: headers and items that must not count', () => {
  let chain: Chain;
  let proof: EthProof;
  before(async () => {
    chain = await makeChain(new Map([[1n, 5n]]), 4);
    proof = await getProof(chain, [1n]);
  });

  it('gives the hash of the header that it was given', () => {
    const fields = chain.header.raw();
    for (const index of fields.keys()) {
      if (index === 3) continue;
      // One bit of the field; numbers keep their first byte from being zero.
      const changed = fields[index]!.length === 0 ? Uint8Array.of(1) : fields[index]!.slice();
      if (fields[index]!.length > 0) changed[changed.length - 1]! ^= 2;
      const header = RLP.encode(fields.with(index, changed));
      const hash = CODER.decode(TYPES, publicValues(bridgeInput(header, proof)))[0] as string;
      assert.equal(hash, keccak256(header));
      assert.notEqual(hash, hexlify(chain.header.hash()));
    }
    const header = RLP.encode(fields.with(3, getBytes(word(1n))));
    refuse(/the proof of the account fails: /, bridgeInput(header, proof));
  });

  it('refuses headers that are not what RLP writes', () => {
    const rlp = chain.header.serialize();
    const fields = chain.header.raw();
    /** The header with the encoded bytes of one field replaced. */
    const withField = (index: number, encoded: string): Uint8Array => {
      const encodedFields = fields.map((field, at) => (at === index ? getBytes(encoded) : RLP.encode(field)));
      const payload = getBytes(concat(encodedFields));
      return getBytes(concat([Uint8Array.of(0xf9, payload.length >> 8, payload.length & 255), payload]));
    };
    const number = hexlify(RLP.encode(fields[8]!));
    assert.equal(publicValues(bridgeInput(withField(8, number), proof)), publicValues(bridgeInput(rlp, proof)));
    const wrong: [message: string, header: Uint8Array][] = [
      ['there are bytes after the header', getBytes(concat([rlp, '0x00']))],
      ['input too short', rlp.slice(0, -1)],
      ['input too short', new Uint8Array()],
      ['a header has at least 15 fields', RLP.encode(fields.slice(0, 14))],
      ['a header has at least 15 fields', Uint8Array.of(0xc0)],
      ['unexpected string', RLP.encode(rlp)],
      ['unexpected list', withField(4, '0xc0')],
      ['leading zero', withField(8, '0x820001')],
      ['non-canonical single byte', withField(8, '0x8105')],
      ['non-canonical size', withField(8, '0xb80401020304')],
      ['overflow', withField(8, `0x89${'01'.repeat(9)}`)],
      ['leading zero', withField(11, '0x00')],
      ['unexpected length', withField(3, `0x9f${'11'.repeat(31)}`)],
      ['unexpected length', withField(3, `0xa1${'11'.repeat(33)}`)],
    ];
    for (const [message, header] of wrong) {
      refuse(new RegExp(`the header cannot be read: ${message}`), bridgeInput(header, proof));
    }
  });

  it('refuses items that are no input', () => {
    const item = bridgeInput(chain.header.serialize(), proof);
    refuse(/is no bridge::Input: /, item.subarray(0, -1));
    refuse(/is no bridge::Input: remaining input/, Uint8Array.of(...item, 0));
  });
});
