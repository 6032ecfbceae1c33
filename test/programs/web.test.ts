/** The program `web` against JSON.parse, ethers and exact decimals in TypeScript, and on documents that mean two things. */
import { sha256 } from '@noble/hashes/sha2.js';
import { AbiCoder, Signature, SigningKey, Wallet, ZeroAddress, hexlify, toBeHex } from 'ethers';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { execute, loadProgram, type Execution } from '../../prover/index.ts';
import {
  SAMPLE_BODY,
  SAMPLE_QUERIES,
  messageToSign,
  sampleInput,
  signedSampleInput,
  webInput,
} from '../../programs/web/input.ts';
import { programFile } from '../support/samples.ts';
import { assertOneShard } from '../support/room.ts';

const PROGRAM = loadProgram(programFile('web', 'web.elf')!);
const CODER = AbiCoder.defaultAbiCoder();
const WALLET = new Wallet(`0x${'11'.repeat(32)}`);
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

type Answer = { readonly type: 'string' | 'bool' | 'int256'; readonly value: string | boolean | bigint };

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function run(item: Uint8Array): Execution {
  return execute(PROGRAM, [item], { cycleLimit: 50_000_000 });
}

/** The public values of a run, which must end well. */
function publicValues(item: Uint8Array): string {
  const execution = run(item);
  assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 0 }, new TextDecoder().decode(execution.stderr));
  return hexlify(execution.publicValues);
}

function refuse(message: RegExp, item: Uint8Array): void {
  const { outcome, stderr, publicValues: committed } = run(item);
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
  assert.match(new TextDecoder().decode(stderr), message);
  assert.equal(committed.length, 0);
}

const refuseQuery = (message: RegExp, body: string, query: string): void =>
  refuse(message, webInput(bytes(body), [query]));

function expected(body: Uint8Array, answers: ReadonlyMap<string, Answer>, signer: string = ZeroAddress): string {
  const fields = [...answers].map(([query, { type, value }]) => [query, CODER.encode([type], [value])]);
  return CODER.encode(['bytes32', 'address', 'tuple(string,bytes)[]'], [sha256(body), signer, fields]);
}

/** The answer to one query on a document. */
function answer(body: string, query: string): unknown {
  const values = publicValues(webInput(bytes(body), [query]));
  const fields = CODER.decode(['bytes32', 'address', 'tuple(string,bytes)[]'], values)[2] as [string, string][];
  const type = query.startsWith('fixed') ? 'int256' : query.split(' ')[0]!;
  return CODER.decode([type], fields[0]![1])[0];
}

const SAMPLE_ANSWERS = new Map<string, Answer>([
  ['string /data/1/pair', { type: 'string', value: 'ETH/USD' }],
  ['fixed8 /data/1/last', { type: 'int256', value: 312744050000n }],
  ['fixed0 /data/1/time', { type: 'int256', value: 1767225599n }],
  ['bool /data/1/halted', { type: 'bool', value: false }],
]);

describe('web: fields of a document', () => {
  it('answers the queries of the sample', () => {
    assert.deepEqual([...SAMPLE_ANSWERS.keys()], SAMPLE_QUERIES);
    assert.equal(publicValues(sampleInput()[0]!), expected(bytes(SAMPLE_BODY), SAMPLE_ANSWERS));
  });

  it('finds what JSON.parse finds, in random documents', () => {
    const name = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      fc.constantFrom('', '/', '~', '~1', '0', 'a/b'),
    );
    const { document } = fc.letrec((tie) => ({
      document: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        fc.constantFrom(null, true, false),
        fc.integer(),
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.array(tie('document'), { maxLength: 5 }),
        fc.dictionary(name, tie('document'), { maxKeys: 5, noNullPrototype: true }),
      ),
    }));
    const layout = fc.constantFrom(undefined, 1, '\t');
    fc.assert(
      fc.property(document, layout, (value, space) => {
        const body = bytes(JSON.stringify(value, undefined, space));
        const answers = leaves(JSON.parse(JSON.stringify(value)), '');
        assert.equal(publicValues(webInput(body, [...answers.keys()])), expected(body, answers));
      }),
      { numRuns: 150 },
    );
  });

  it('gives any list of queries, in its order, twice if asked twice', () => {
    const fields = ['fixed0 /a', 'string /b', 'fixed0 /a'];
    const body = bytes('{"a":1,"b":""}');
    const values = publicValues(webInput(body, fields));
    const encoded = fields.map((query) => [
      query,
      query === 'string /b' ? CODER.encode(['string'], ['']) : toBeHex(1, 32),
    ]);
    const layout = ['bytes32', 'address', 'tuple(string,bytes)[]'];
    assert.equal(values, CODER.encode(layout, [sha256(body), ZeroAddress, encoded]));
    assert.equal(publicValues(webInput(body, [])), CODER.encode(layout, [sha256(body), ZeroAddress, []]));
  });

  it('refuses pointers to nothing', () => {
    const body = '{"list":[1,2],"text":"abc","null":null}';
    refuseQuery(/the pointer "list" does not begin with a slash/, body, 'fixed0 list');
    refuseQuery(/no object member "none"/, body, 'fixed0 /none');
    refuseQuery(/no object member ""/, body, 'fixed0 /');
    refuseQuery(/no array element 2/, body, 'fixed0 /list/2');
    for (const position of ['-', '01', '+1', '-1', '1.0', '', '99999999999999999999']) {
      refuseQuery(/is no position in an array/, body, `fixed0 /list/${position}`);
    }
    refuseQuery(/expected an object or array with a member "0"/, body, 'string /text/0');
    refuseQuery(/expected an object or array with a member "0"/, body, 'string /null/0');
    refuseQuery(/has a ~ without 0 or 1/, body, 'string /text~2');
    refuseQuery(/has a ~ without 0 or 1/, body, 'string /text~');
  });

  it('refuses values of another type, and types that do not exist', () => {
    const body = '{"s":"x","n":1,"b":true,"o":{},"z":null}';
    for (const name of ['n', 'b', 'o', 'z']) refuseQuery(/is no string/, body, `string /${name}`);
    for (const name of ['s', 'n', 'o', 'z']) refuseQuery(/is neither true nor false/, body, `bool /${name}`);
    refuseQuery(/is neither true nor false/, '"true"', 'bool ');
    for (const name of ['s', 'b', 'o', 'z']) refuseQuery(/it is written differently/, body, `fixed2 /${name}`);
    for (const type of ['', 'fixed', 'fixed39', 'fixed01', 'fixed+1', 'fixed-1', 'String', 'int']) {
      refuseQuery(/is no type of a query: expected string, bool, or fixed0 to fixed38/, body, `${type} /n`);
    }
    refuseQuery(/is not a type, a space and a pointer/, body, 'fixed0/n');
  });
});

describe('web: ambiguous and broken documents', () => {
  it('refuses a name that occurs twice on the way, however it is written', () => {
    refuseQuery(/an object has the name "a" twice/, '{"a":1,"b":2,"a":3}', 'fixed0 /a');
    refuseQuery(/an object has the name "a" twice/, '{"a":1,"\\u0061":1}', 'fixed0 /a');
    refuseQuery(/an object has the name "a" twice/, '{"a":{"x":1},"a":{"x":1}}', 'fixed0 /a/x');
    refuseQuery(/an object has the name "x" twice/, '[{"x":1,"x":1}]', 'fixed0 /0/x');
  });

  it('accepts names that occur twice elsewhere: the answer does not depend on them', () => {
    assert.equal(answer('{"a":1,"b":2,"b":3,"c":{"a":4,"a":5}}', 'fixed0 /a'), 1n);
  });

  it('takes names as they are: escapes resolved, nothing else equated', () => {
    assert.equal(answer('{"\\u0061":1,"A":2}', 'fixed0 /a'), 1n);
    // One character, or a letter and a combining mark: different names.
    assert.equal(answer('{"\u00e9":1,"e\u0301":2}', 'fixed0 /e\u0301'), 2n);
  });

  it('refuses what is not JSON, wherever it is', () => {
    const broken = ['{"a":1', '{"a":1}}', '{"a":1,}', '{"a":1} x', '{a:1}', "{'a':1}", '{"a":1,"b":NaN}'];
    broken.push('{"a":1,"b":01}', '{"a":1,"b":.5}', '{"a":1,"b":"\n"}', '{"a":1,"b":[1,]}', '{"a":1}{"a":1}', '');
    broken.push('\ufeff{"a":1}', '{"a":1,"b":tru}', '{"a":1,"b":"\\x"}', '// one\n{"a":1}');
    for (const body of broken) refuseQuery(/"\/a" cannot be read: /, body, 'fixed0 /a');
    refuseQuery(/is no string/, '{"a":"\\ud800"}', 'string /a');
    refuse(
      /the document is not UTF-8/,
      webInput(Uint8Array.of(...bytes('{"a":1,"b":"'), 0xff, 0x22, 0x7d), ['fixed0 /a']),
    );
  });

  it('is not led astray by names that JSON readers use inside', () => {
    for (const inside of ['$serde_json::private::RawValue', '$serde_json::private::Number']) {
      refuseQuery(/is no string/, `{"a":{"${inside}":"\\"x\\""}}`, 'string /a');
      refuseQuery(/it is written differently/, `{"a":{"${inside}":"1"}}`, 'fixed0 /a');
    }
  });

  it('survives deep nesting', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    assert.equal(answer(`{"deep":${deep},"a":7}`, 'fixed0 /a'), 7n);
    refuseQuery(/recursion limit exceeded/, '[1,'.repeat(200) + '1' + ']'.repeat(200), `fixed0 ${'/1'.repeat(199)}`);
  });

  it('refuses items that are no input', () => {
    const item = sampleInput()[0]!;
    refuse(/is no web::Input: /, item.subarray(1));
    refuse(/is no web::Input: remaining input/, Uint8Array.of(...item, 0));
  });
});

describe('web: exact decimals', () => {
  it('scales numbers exactly, from numbers and from strings', () => {
    const cases: [string, number, bigint][] = [
      ['0', 0, 0n],
      ['-0', 8, 0n],
      ['0.0e999999999', 8, 0n],
      ['1', 38, 10n ** 38n],
      ['-1.5', 1, -15n],
      ['12.34', 8, 1_234_000_000n],
      ['1.2300', 2, 123n],
      ['1.25e2', 0, 125n],
      ['1.25E+2', 0, 125n],
      ['12500e-2', 0, 125n],
      ['5e-8', 8, 5n],
      ['0.1', 38, 10n ** 37n],
      [`${2n ** 127n - 1n}`, 0, 2n ** 127n - 1n],
      [`-${2n ** 127n - 1n}`, 0, -(2n ** 127n) + 1n],
      // Beyond the integers that a double holds.
      ['9007199254740993.00000001', 8, 900719925474099300000001n],
    ];
    for (const [text, places, value] of cases) {
      assert.equal(answer(text, `fixed${places} `), value, text);
      assert.equal(answer(`"${text}"`, `fixed${places} `), value, text);
    }
  });

  it('agrees with integers on random numbers', () => {
    const digits = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
    fc.assert(
      fc.property(
        digits,
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: -6, max: 6 }),
        (integer, places, shift) => {
          const magnitude = (integer < 0n ? -integer : integer).toString().padStart(places + 1, '0');
          const at = magnitude.length - places;
          const point = places === 0 ? magnitude : `${magnitude.slice(0, at)}.${magnitude.slice(at)}`;
          const text = `${integer < 0n ? '-' : ''}${point}e${shift}`;
          assert.equal(answer(text, `fixed${places + 6} `), integer * 10n ** BigInt(6 + shift), text);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('refuses to round and to overflow', () => {
    refuseQuery(/with 2 decimal places: it has more/, '1.005', 'fixed2 ');
    refuseQuery(/with 0 decimal places: it has more/, '1e-1', 'fixed0 ');
    refuseQuery(/with 0 decimal places: it has more/, '1e-2147483647', 'fixed0 ');
    refuseQuery(/it has too many digits/, `${2n ** 127n}`, 'fixed0 ');
    refuseQuery(/it is too large/, '2', 'fixed38 ');
    refuseQuery(/it is too large/, '1e2147483647', 'fixed0 ');
    refuseQuery(/its exponent is too large/, '1e2147483648', 'fixed0 ');
    for (const text of [
      '',
      ' 1',
      '1 ',
      '+1',
      '01',
      '1.',
      '.5',
      '1e',
      '1e+',
      '--1',
      '0x10',
      'NaN',
      '1_000',
      '1,5',
      '١',
    ]) {
      refuseQuery(/it is written differently/, JSON.stringify(text), 'fixed2 ');
    }
  });
});

describe('web: signatures', () => {
  const body = bytes(SAMPLE_BODY);
  const signed = Signature.from(WALLET.signMessageSync(messageToSign(body)));
  const wrong = /the signature is not of this document and key/;

  /** The sample, signed, with the public key and the signature's numbers replaced. */
  function forged(publicKey: string, r: string, s: string): Uint8Array {
    const item = webInput(body, SAMPLE_QUERIES, signed);
    const replace = (from: string, to: string): void => {
      const at = Buffer.from(item).indexOf(Buffer.from(from, 'hex'));
      assert.ok(at > 0);
      item.set(Buffer.from(to, 'hex'), at);
    };
    replace(WALLET.signingKey.publicKey.slice(4), publicKey);
    replace(signed.r.slice(2), r);
    replace(signed.s.slice(2), s);
    return item;
  }

  const key = WALLET.signingKey.publicKey.slice(4);
  const [r, s] = [signed.r.slice(2), signed.s.slice(2)];
  const word = (value: bigint): string => toBeHex(value, 32).slice(2);

  it('gives the address of the key that signed', () => {
    const item = webInput(body, SAMPLE_QUERIES, signed);
    assert.equal(publicValues(item), expected(body, SAMPLE_ANSWERS, WALLET.address));
    assert.deepEqual(forged(key, r, s), item);
    assert.deepEqual(Buffer.from(item), Buffer.from(programFile('web', 'signed.bin')!));
    assert.deepEqual(item, signedSampleInput()[0]);
  });

  it('refuses the signature of another document, key or text', () => {
    const other = bytes(SAMPLE_BODY.replace('3127', '9127'));
    const item = Buffer.from(webInput(body, SAMPLE_QUERIES, signed));
    item.write('9127', item.indexOf('3127'));
    assert.deepEqual(item.subarray(2, 2 + other.length), Buffer.from(other));
    refuse(wrong, item);
    refuse(wrong, forged(new SigningKey(`0x${'22'.repeat(32)}`).publicKey.slice(4), r, s));
    const bare = Signature.from(WALLET.signMessageSync(sha256(body)));
    refuse(wrong, forged(key, bare.r.slice(2), bare.s.slice(2)));
  });

  it('fits in one shard with its signature', () => {
    assertOneShard(PROGRAM, [signedSampleInput()[0]!]);
  });

  it('refuses keys and signatures of another length', () => {
    // The lengths stand before the bytes; the item ends with the signature.
    const item = [...webInput(body, SAMPLE_QUERIES, signed)];
    const shorter = Uint8Array.from([...item.slice(0, -65), 63, ...item.slice(-64, -1)]);
    refuse(/a key and a signature have 64 bytes, not 63/, shorter);
  });

  it('refuses the second signature that ECDSA has for every message', () => {
    refuse(wrong, forged(key, r, word(ORDER - BigInt(signed.s))));
  });

  it('refuses numbers out of range and keys off the curve', () => {
    for (const number of [word(0n), word(ORDER), 'ff'.repeat(32)]) {
      refuse(wrong, forged(key, number, s));
      refuse(wrong, forged(key, r, number));
    }
    refuse(wrong, forged(key.slice(64) + key.slice(0, 64), r, s));
    refuse(wrong, forged('00'.repeat(64), r, s));
  });
});

/** A query for every string, number and boolean in a document, with its answer. */
function leaves(value: unknown, pointer: string): Map<string, Answer> {
  if (typeof value === 'string') return new Map([[`string ${pointer}`, { type: 'string', value }]]);
  if (typeof value === 'boolean') return new Map([[`bool ${pointer}`, { type: 'bool', value }]]);
  if (typeof value === 'number')
    return new Map([[`fixed3 ${pointer}`, { type: 'int256', value: BigInt(value) * 1000n }]]);
  const members = Object.entries(value ?? {});
  const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
  return new Map(members.flatMap(([name, member]) => [...leaves(member, `${pointer}/${escaped(name)}`)]));
}
