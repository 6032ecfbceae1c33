/** The program `rollup` against a map of accounts and a tree computed from its leaves up, and on batches that must not count. */
import {
  AbiCoder,
  Signature,
  TypedDataEncoder,
  concat,
  getBytes,
  hexlify,
  sha256,
  solidityPacked,
  toBeHex,
} from 'ethers';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { execute, loadProgram, type Execution } from '../../prover/index.ts';
import {
  SAMPLE_WALLETS,
  TRANSFER_TYPES,
  encodeInput,
  rollupDomain,
  rollupInput,
  sampleBatch,
  signTransfer,
  singleBatch,
  stateRoot,
  stateTree,
  type Account,
  type Batch,
  type SignedTransfer,
  type Tree,
} from '../../programs/rollup/input.ts';
import { programFile } from '../support/samples.ts';
import { assertOneShard } from '../support/room.ts';

const PROGRAM = loadProgram(programFile('rollup', 'rollup.elf')!);
const CODER = AbiCoder.defaultAbiCoder();
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const GREATEST = 2n ** 128n - 1n;
const CONTEXT = { chainId: 31337n, contract: `0x${'5f'.repeat(20)}` };
const PEOPLE = SAMPLE_WALLETS.map(({ address }) => address) as [string, string, string, string];
const [ALICE, BOB, CAROL, OPERATOR] = PEOPLE;
const STRANGER = `0x${'c0'.repeat(20)}`;
const TYPES = ['bytes32', 'bytes32', 'bytes32', 'bytes32', 'uint32', 'address'];

function run(item: Uint8Array): Execution {
  return execute(PROGRAM, [item], { cycleLimit: 200_000_000 });
}

function refuse(message: RegExp | string, item: Uint8Array): void {
  const { outcome, stderr, publicValues } = run(item);
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
  const text = new TextDecoder().decode(stderr);
  if (typeof message === 'string') assert.ok(text.includes(message), text);
  else assert.match(text, message);
  assert.equal(publicValues.length, 0);
}

function publicValues(item: Uint8Array): string {
  const execution = run(item);
  assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 0 }, new TextDecoder().decode(execution.stderr));
  return hexlify(execution.publicValues);
}

/**
 * The root of a set of accounts, from the leaves up: every account starts at the shortest beginning of its key that no other
 * key has, and pairs join, longest beginnings first.
 */
function expectedRoot(accounts: readonly Account[]): string {
  const zero = `0x${'00'.repeat(32)}`;
  const bits = (address: string): string => BigInt(sha256(address)).toString(2).padStart(256, '0');
  const keys = accounts.map(({ address }) => bits(address));
  const nodes = new Map<string, string>();
  for (const [index, { address, nonce, balance }] of accounts.entries()) {
    const key = keys[index]!;
    let length = 0;
    while (keys.filter((other) => other.startsWith(key.slice(0, length))).length > 1) length += 1;
    const leaf = sha256(solidityPacked(['uint8', 'address', 'uint64', 'uint128'], [0, address, nonce, balance]));
    nodes.set(key.slice(0, length), leaf);
  }
  for (let length = 256; length > 0; length -= 1) {
    for (const path of [...nodes.keys()].filter((key) => key.length === length)) {
      const parent = path.slice(0, -1);
      const [left = zero, right = zero] = ['0', '1'].map((bit) => nodes.get(parent + bit));
      nodes.set(parent, sha256(concat(['0x01', left, right])));
    }
  }
  return nodes.get('') ?? zero;
}

/** The accounts after the batch, or why there are none. */
function expectedAccounts(batch: Batch): Account[] | string {
  const accounts = new Map(batch.accounts.map((account) => [account.address, account]));
  const receive = (address: string, amount: bigint): string | undefined => {
    const { nonce, balance } = accounts.get(address) ?? { nonce: 0n, balance: 0n };
    if (balance + amount > GREATEST) return `the balance of ${address.toLowerCase()} does not fit in 128 bits`;
    accounts.set(address, { address, nonce, balance: balance + amount });
    return undefined;
  };
  let fees = 0n;
  for (const [index, transfer] of batch.transfers.entries()) {
    const { to, amount, fee, nonce } = transfer;
    const sender = accounts.get(signerOf(batch, transfer));
    const reason = ((): string | undefined => {
      if (sender === undefined) return `the sender ${signerOf(batch, transfer).toLowerCase()} has no account`;
      if (nonce !== sender.nonce) return `its nonce is ${nonce}, that of the sender ${sender.nonce}`;
      if (amount === 0n) return 'the amount is zero';
      if (amount + fee > GREATEST) return 'amount and fee do not fit in 128 bits';
      if (amount + fee > sender.balance) return `it costs ${amount + fee}, the sender has ${sender.balance}`;
      const balance = sender.balance - amount - fee;
      accounts.set(sender.address, { address: sender.address, nonce: nonce + 1n, balance });
      return receive(to, amount);
    })();
    if (reason !== undefined) return `transfer ${index}: ${reason}`;
    fees += fee;
    if (fees > GREATEST) return 'the fees do not fit in 128 bits';
  }
  const reason = fees > 0n ? receive(batch.operator, fees) : undefined;
  return reason ?? [...accounts.values()];
}

function signerOf(batch: Batch, { signature, ...transfer }: SignedTransfer): string {
  const domain = rollupDomain(batch.chainId, batch.contract);
  const wallet = SAMPLE_WALLETS.find((candidate) => {
    const hash = TypedDataEncoder.hash(domain, TRANSFER_TYPES, transfer);
    return candidate.signingKey.sign(hash).serialized === signature.serialized;
  });
  assert.ok(wallet !== undefined, 'a transfer of nobody');
  return wallet.address;
}

/** The program must do what the map of accounts does, be it an end or a refusal. */
function agree(batch: Batch): void {
  const after = expectedAccounts(batch);
  if (typeof after === 'string') {
    refuse(after, rollupInput(batch));
    return;
  }
  const data = batch.transfers.map((transfer) =>
    solidityPacked(
      ['address', 'address', 'uint128', 'uint128', 'uint64'],
      [signerOf(batch, transfer), transfer.to, transfer.amount, transfer.fee, transfer.nonce],
    ),
  );
  assert.equal(
    publicValues(rollupInput(batch)),
    CODER.encode(TYPES, [
      TypedDataEncoder.hashDomain(rollupDomain(batch.chainId, batch.contract)),
      expectedRoot(batch.accounts),
      expectedRoot(after),
      sha256(concat(data)),
      batch.transfers.length,
      batch.operator,
    ]),
  );
}

type Unsigned = [sender: number, to: string, amount: bigint, fee: bigint, nonce: bigint];

/** A batch of the operator, among these accounts. */
function makeBatch(accounts: readonly Account[], ...transfers: readonly Unsigned[]): Batch {
  return {
    ...CONTEXT,
    operator: OPERATOR,
    accounts,
    transfers: transfers.map(([sender, to, amount, fee, nonce]) =>
      signTransfer(sender, { to, amount, fee, nonce }, CONTEXT),
    ),
  };
}

const account = (address: string, balance: bigint, nonce = 0n): Account => ({ address, nonce, balance });

const THREE: readonly Account[] = [account(ALICE, 100n, 4n), account(BOB, 50n), account(CAROL, GREATEST, 9n)];

/** Model and program must both refuse the batch, in these words. */
function refuseBatch(message: string, batch: Batch): void {
  assert.equal(expectedAccounts(batch), message);
  refuse(message, rollupInput(batch));
}

describe('rollup: batches', () => {
  it('gives the roots of the sample', () => {
    agree(sampleBatch());
  });

  it('fits a batch of one transfer in one shard', () => {
    const item = rollupInput(singleBatch());
    assert.deepEqual(Buffer.from(item), Buffer.from(programFile('rollup', 'single.bin')!));
    agree(singleBatch());
    assertOneShard(PROGRAM, [item]);
  });

  it('agrees on random batches, good and bad', (test) => {
    const addresses = [...PEOPLE, STRANGER, `0x${'c1'.repeat(20)}`, `0x${'00'.repeat(20)}`];
    const amount = fc.oneof(
      { weight: 6, arbitrary: fc.bigInt({ min: 1n, max: 60n }) },
      { weight: 1, arbitrary: fc.constantFrom(0n, GREATEST, 2n ** 127n) },
    );
    const transfer = fc.tuple(
      fc.nat({ max: 3 }),
      fc.constantFrom(...addresses),
      amount,
      fc.constantFrom(0n, 0n, 0n, 1n, 1n, 7n, 7n, GREATEST),
      // Added to the nonce that is right if all goes well.
      fc.constantFrom(0n, 0n, 0n, 0n, 0n, 1n),
    );
    const accounts = fc.subarray(addresses).chain((chosen) =>
      fc.tuple(
        ...chosen.map((address) =>
          fc.record({
            address: fc.constant(address),
            nonce: fc.bigInt({ min: 0n, max: 3n }),
            balance: fc.oneof(fc.bigInt({ min: 50n, max: 200n }), fc.constant(GREATEST)),
          }),
        ),
      ),
    );
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(accounts, fc.array(transfer, { maxLength: 4 }), (chosen, transfers) => {
        const nonces = PEOPLE.map((address) => chosen.find((one) => one.address === address)?.nonce ?? 0n);
        const signed = transfers.map(([sender, to, value, fee, skip]): Unsigned => {
          const nonce = nonces[sender]! + skip;
          nonces[sender]! += 1n;
          return [sender, to, value, fee, nonce];
        });
        const batch = makeBatch(chosen, ...signed);
        if (typeof expectedAccounts(batch) === 'string') refused += 1;
        else accepted += 1;
        agree(batch);
      }),
      { numRuns: 30, seed: 5 },
    );
    test.diagnostic(`${accepted} accepted, ${refused} refused`);
    assert.ok(accepted >= 8 && refused >= 8);
  });

  it('takes what a wallet signs by signTypedData', async () => {
    const transfer = { to: BOB, amount: 5n, fee: 1n, nonce: 4n };
    const domain = rollupDomain(CONTEXT.chainId, CONTEXT.contract);
    const signature = Signature.from(await SAMPLE_WALLETS[0]!.signTypedData(domain, TRANSFER_TYPES, transfer));
    agree({ ...makeBatch(THREE), transfers: [{ ...transfer, signature }] });
  });

  it('leaves the root as it is without transfers, of an empty state too', () => {
    agree(makeBatch(THREE));
    agree(makeBatch([]));
  });

  it('lets people send to themselves, all they have, and what they just received', () => {
    agree(makeBatch(THREE, [0, ALICE, 100n, 0n, 4n], [0, ALICE, 99n, 1n, 5n]));
    agree(makeBatch(THREE, [0, STRANGER, 100n, 0n, 4n]));
    agree(makeBatch(THREE, [0, OPERATOR, 60n, 1n, 4n], [3, BOB, 50n, 2n, 0n], [1, STRANGER, 99n, 0n, 0n]));
  });

  it('adds accounts wherever they belong, and fees to whom they belong', () => {
    const alone = [account(ALICE, 100n)];
    agree(
      makeBatch(alone, [0, BOB, 1n, 0n, 0n], [0, CAROL, 1n, 0n, 1n], [0, STRANGER, 1n, 0n, 2n], [0, BOB, 1n, 1n, 3n]),
    );
    agree({ ...makeBatch(alone, [0, BOB, 1n, 3n, 0n]), operator: ALICE });
    agree({ ...makeBatch(alone, [0, BOB, 1n, 3n, 0n]), operator: BOB });
    agree({ ...makeBatch(alone, [0, BOB, 1n, 0n, 0n]), operator: CAROL });
  });
});

describe('rollup: what a batch must not do', () => {
  it('refuses a transfer twice, and one too early', () => {
    refuseBatch(
      'transfer 1: its nonce is 4, that of the sender 5',
      makeBatch(THREE, [0, BOB, 1n, 0n, 4n], [0, BOB, 1n, 0n, 4n]),
    );
    refuseBatch('transfer 0: its nonce is 5, that of the sender 4', makeBatch(THREE, [0, BOB, 1n, 0n, 5n]));
    const last = 2n ** 64n - 1n;
    refuse(
      'transfer 0: the sender has used all nonces',
      rollupInput(makeBatch([account(ALICE, 9n, last)], [0, BOB, 1n, 0n, last])),
    );
  });

  it('refuses to spend what is not there, also on fees and by overflow', () => {
    refuseBatch('transfer 0: it costs 101, the sender has 100', makeBatch(THREE, [0, BOB, 101n, 0n, 4n]));
    refuseBatch('transfer 0: it costs 101, the sender has 100', makeBatch(THREE, [0, BOB, 100n, 1n, 4n]));
    refuseBatch('transfer 0: it costs 101, the sender has 100', makeBatch(THREE, [0, ALICE, 101n, 0n, 4n]));
    refuseBatch(
      'transfer 1: it costs 1, the sender has 0',
      makeBatch(THREE, [0, BOB, 1n, 99n, 4n], [0, BOB, 1n, 0n, 5n]),
    );
    refuseBatch('transfer 0: amount and fee do not fit in 128 bits', makeBatch(THREE, [0, BOB, 1n, GREATEST, 4n]));
    refuseBatch('transfer 0: the amount is zero', makeBatch(THREE, [0, BOB, 0n, 1n, 4n]));
  });

  it('refuses balances and fees that do not fit', () => {
    const full = (address: string): string => `the balance of ${address.toLowerCase()} does not fit in 128 bits`;
    refuseBatch(`transfer 0: ${full(CAROL)}`, makeBatch(THREE, [0, CAROL, 1n, 0n, 4n]));
    refuseBatch(full(CAROL), { ...makeBatch(THREE, [0, BOB, 1n, 1n, 4n]), operator: CAROL });
    const rich = [account(ALICE, GREATEST), account(BOB, GREATEST)];
    refuseBatch(
      'the fees do not fit in 128 bits',
      makeBatch(rich, [0, STRANGER, 1n, GREATEST - 1n, 0n], [1, STRANGER, 1n, 2n, 0n]),
    );
  });

  it('refuses senders without an account, beside another account too', () => {
    refuseBatch(
      `transfer 0: the sender ${OPERATOR.toLowerCase()} has no account`,
      makeBatch(THREE, [3, BOB, 1n, 0n, 0n]),
    );
    refuseBatch(`transfer 0: the sender ${ALICE.toLowerCase()} has no account`, makeBatch([], [0, BOB, 1n, 0n, 0n]));
    refuseBatch(
      `transfer 0: the sender ${ALICE.toLowerCase()} has no account`,
      makeBatch([account(BOB, 5n)], [0, BOB, 1n, 0n, 0n]),
    );
  });

  it('refuses a signature for another transfer, chain or contract, in the name of its signer', () => {
    const batch = makeBatch(THREE, [0, BOB, 5n, 1n, 4n]);
    const transfer = batch.transfers[0]!;
    const keys = [SAMPLE_WALLETS[0]!.signingKey.publicKey];
    const withTransfer = (signed: SignedTransfer, publicKeys = keys): Uint8Array =>
      encodeInput({ ...batch, transfers: [signed] }, stateTree(THREE, PEOPLE.concat(STRANGER)), publicKeys);
    assert.equal(publicValues(withTransfer(transfer)), publicValues(rollupInput(batch)));
    const changed: Partial<SignedTransfer>[] = [
      { to: STRANGER },
      { amount: 6n },
      { fee: 0n },
      { amount: 1n, fee: 5n },
      { nonce: 5n },
      signTransfer(0, transfer, { ...CONTEXT, chainId: 1n }),
      signTransfer(0, transfer, { ...CONTEXT, contract: `0x${'60'.repeat(20)}` }),
      signTransfer(1, transfer, CONTEXT),
    ];
    for (const change of changed) {
      refuse('transfer 0: the signature is not valid', withTransfer({ ...transfer, ...change }));
    }
    refuse('transfer 0: the signature is not valid', withTransfer(transfer, [SAMPLE_WALLETS[1]!.signingKey.publicKey]));
  });

  it('refuses the second signature of a transfer, numbers out of range and keys off the curve', () => {
    const batch = makeBatch(THREE, [0, BOB, 5n, 1n, 4n]);
    const { publicKey } = SAMPLE_WALLETS[0]!.signingKey;
    const { r, s } = batch.transfers[0]!.signature;
    const forged = (change: { r?: bigint; s?: bigint; key?: string }): Uint8Array => {
      const item = encodeInput(batch, stateTree(THREE, PEOPLE), [change.key ?? publicKey]);
      const rs = concat([toBeHex(change.r ?? BigInt(r), 32), toBeHex(change.s ?? BigInt(s), 32)]);
      item.set(Buffer.from(rs.slice(2), 'hex'), item.length - 64);
      return item;
    };
    assert.deepEqual(run(forged({})).outcome, { kind: 'halt', exitCode: 0 });
    for (const change of [
      { s: ORDER - BigInt(s) },
      ...[0n, ORDER, 2n ** 256n - 1n].flatMap((number) => [{ r: number }, { s: number }]),
      { key: `0x04${publicKey.slice(68)}${publicKey.slice(4, 68)}` },
      { key: `0x04${'00'.repeat(64)}` },
      { key: `0x04${'00'.repeat(63)}` },
    ]) {
      refuse('transfer 0: the signature is not valid', forged(change));
    }
  });
});

describe('rollup: states that must not count', () => {
  const batch = makeBatch(THREE, [0, BOB, 5n, 1n, 4n]);
  const keys = [SAMPLE_WALLETS[0]!.signingKey.publicKey];
  const withState = (state: Tree): Uint8Array => encodeInput(batch, state, keys);

  it('refuses a state that hides an account of the batch', () => {
    for (const hidden of [ALICE, BOB, OPERATOR]) {
      const shown = [ALICE, BOB, OPERATOR].filter((address) => address !== hidden);
      refuse(
        `the state does not show the account ${hidden.toLowerCase()}`,
        withState(stateTree(sampleBatch().accounts, shown)),
      );
    }
    refuse(
      `transfer 0: the state does not show the account ${ALICE.toLowerCase()}`,
      withState({ Hidden: stateRoot(THREE) }),
    );
  });

  it('gives another old root for a state that is changed in any way', () => {
    const oldRoot = (state: Tree): string => CODER.decode(TYPES, publicValues(withState(state)))[1] as string;
    const state = stateTree(THREE, PEOPLE);
    const root = hexlify(stateRoot(THREE));
    assert.equal(oldRoot(state), root);
    assert.equal(root, expectedRoot(THREE));
    const [alice, bob, carol] = THREE as [Account, Account, Account];
    const changedStates: Tree[] = [
      stateTree([{ ...alice, balance: 101n }, bob, carol], PEOPLE),
      stateTree([alice, bob, { ...carol, nonce: 8n }], PEOPLE),
      // Without Bob, who would then begin at zero, without Carol, and with one more account.
      stateTree([alice, carol], PEOPLE),
      stateTree([alice, bob], PEOPLE),
      stateTree([...THREE, account(STRANGER, 0n)], PEOPLE),
      // An account one level deeper, which would leave room for a second one of the same address.
      { Branch: [state, { Empty: true }] },
      { Branch: [{ Empty: true }, state] },
    ];
    const roots = new Set([root]);
    for (const changed of changedStates) {
      const item = withState(changed);
      const { outcome } = run(item);
      // A tree whose accounts lie elsewhere may have no Alice at all.
      if (outcome.kind === 'halt' && outcome.exitCode === 1) continue;
      const other = oldRoot(changed);
      assert.ok(!roots.has(other));
      roots.add(other);
    }
    assert.ok(roots.size >= 6);
  });

  it('refuses a state deeper than its keys', () => {
    const key = BigInt(sha256(ALICE));
    const deeper = (tree: Tree, bit: bigint): Tree =>
      bit === 0n ? { Branch: [tree, { Empty: true }] } : { Branch: [{ Empty: true }, tree] };
    const alice: Tree = { Account: { address: getBytes(ALICE), nonce: 4n, balance: 100n } };
    const atDepth256 = (tree: Tree): Tree =>
      Array.from({ length: 256 }, (_, bit) => (key >> BigInt(bit)) & 1n).reduce(deeper, tree);
    assert.deepEqual(run(withState(atDepth256(alice))).outcome, { kind: 'halt', exitCode: 0 });
    refuse('the state is deeper than its keys are long', withState(atDepth256(deeper(alice, 0n))));
  });

  it('refuses items that are no input', () => {
    const item = rollupInput(batch);
    refuse(/is no rollup::Input: /, item.subarray(0, -1));
    refuse(/is no rollup::Input: remaining input/, Uint8Array.of(...item, 0));
    const noTree = item.slice();
    noTree[48] = 4;
    refuse(/is no rollup::Input: /, noTree);
  });
});
