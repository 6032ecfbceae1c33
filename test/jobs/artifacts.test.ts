/** Codecs of artifacts, and what damage does to them: nothing but one sentence, wherever it happens. */
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type Artifact, ArtifactError, checkedArtifact, idOf, makeArtifact } from '../../prover/jobs/artifact.ts';
import { DiskStore } from '../../prover/jobs/disk-store.ts';
import { FileCache } from '../../prover/jobs/file-cache.ts';
import { decodeCap } from '../../prover/jobs/kinds/cap.ts';
import { chainArtifact, decodeChain } from '../../prover/jobs/kinds/check.ts';
import { decodeCoreArtifact } from '../../prover/jobs/kinds/core.ts';
import { decodeExecuted, encodeExecuted } from '../../prover/jobs/kinds/execution.ts';
import { decodeEnding, endingArtifact } from '../../prover/jobs/kinds/ending.ts';
import { decodeGroth16Artifact, encodeGroth16 } from '../../prover/jobs/kinds/groth16.ts';
import { decodeInput, inputArtifact } from '../../prover/jobs/kinds/input.ts';
import { decodeProgramKey } from '../../prover/jobs/kinds/program-key.ts';
import { decodeProved } from '../../prover/jobs/kinds/recursion.ts';
import { ByteWriter } from '../../prover/jobs/bytes.ts';
import { encodeBody } from '../../prover/proofs/body.ts';
import { proofOfWords } from '../../prover/groth16/key/points.ts';
import { blankKey } from '../../prover/stark/blank.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import { zeroProof } from '../../prover/stark/proof-codec.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { keyOf } from '../../prover/system/keys.ts';
import { OPENING_DIGESTS, openingOf } from '../../prover/vm/system-opening.ts';
import { suiteOf } from '../../prover/verifier/suites.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { fakeJob } from './fake-jobs.ts';

const system = defaultSystem();

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const STATEMENT = { vkey: `0x${'12'.repeat(32)}`, publicDigest: `0x${'34'.repeat(32)}` } as const;

/** One artifact of each kind with its decoder, and how it is encoded again where that is not the identity on bytes. */
function samples(): (readonly [artifact: Artifact, decode: (artifact: Artifact) => unknown])[] {
  const { cores, tiers, programs } = system;
  const [{ machine }, tier] = [cores[0]!, tiers[0]!];
  const coreLayout = layerLayout(machine, tier);
  const zeros = (count: number): number[] => new Array<number>(count).fill(0);
  const coreProof = {
    kind: 'core',
    tier: tier.id,
    key: blankKey(coreLayout),
    publicValues: zeros(machine.publicValueCount),
    proof: zeroProof(suiteKoalaBear, coreLayout),
  } as const;
  /** One of each kind of recursion programs. */
  const proved = ['span', 'claim', 'wrap'].map((name): readonly [Artifact, (artifact: Artifact) => unknown] => {
    const { id, kind } = programs.find((program) => program.kind.name === name)!;
    const publicValues = zeros(kind.target.machine.publicValueCount);
    const proof = zeroProof(suiteOf(kind.layer), layerLayout(kind.target.machine, kind.layer));
    const body = encodeBody(system, { kind: name, key: keyOf(system, id), publicValues, proof });
    return [makeArtifact(name, body), (artifact) => decodeProved(system, artifact)];
  });
  const executed = {
    exitCode: 3,
    cycles: 2 ** 33 + 5,
    shards: [2 ** 33, 5].map((cycles) => ({ id: idOf(makeArtifact('shard', utf8(`${cycles}`))), cycles })),
    ending: idOf(makeArtifact('ending', utf8('end'))),
    verified: [STATEMENT, STATEMENT],
    publicValues: utf8('values'),
    stdout: utf8('out'),
    stderr: utf8(''),
  };
  const opening = openingOf(Array.from({ length: OPENING_DIGESTS }, (_, i) => new Array<number>(8).fill(i)));
  const words = Array.from({ length: 8 }, (_, i) => BigInt(i) << 240n);
  const felts = [1, 2, 3, 4, 5, 6, 7, 8];
  return [
    [inputArtifact([utf8('one'), utf8(''), utf8('three')], [STATEMENT]), ({ bytes }) => decodeInput(bytes)],
    [chainArtifact(felts), decodeChain],
    [makeArtifact('execution', encodeExecuted(executed)), decodeExecuted],
    [endingArtifact(opening), decodeEnding],
    [makeArtifact('core', encodeBody(system, coreProof)), (artifact) => decodeCoreArtifact(system, artifact)],
    ...proved,
    [makeArtifact('groth16', encodeGroth16(proofOfWords(words))), decodeGroth16Artifact],
    [makeArtifact('program-key', new ByteWriter('program-key').u32(...felts).end()), decodeProgramKey],
  ];
}

/** One sentence that says what, why and how to mend it. */
function isOneSentence(error: unknown): true {
  assert.ok(error instanceof ArtifactError && error.code === 'ARTIFACT_DAMAGED', String(error));
  assert.match(
    error.message,
    /^The stored [a-z0-9-]+ result is damaged or of another version: [^.]+; delete it and run the same command again\.$/,
  );
  return true;
}

describe('codecs', () => {
  for (const [artifact, decode] of samples()) {
    const { kind, bytes } = artifact;
    it(`of "${kind}" take what they gave, and refuse what is shorter or longer`, () => {
      decode(artifact);
      const lengths = [0, 1, 3, 4, 10, 20, bytes.length >> 1, bytes.length - 4, bytes.length - 1];
      for (const length of lengths.filter((count) => count < bytes.length)) {
        assert.throws(() => decode(makeArtifact(kind, bytes.subarray(0, length))), isOneSentence, `${length} bytes`);
      }
      const longer = [new Uint8Array(1), new Uint8Array(4), bytes].map((more) => Uint8Array.from([...bytes, ...more]));
      for (const more of longer) assert.throws(() => decode(makeArtifact(kind, more)), isOneSentence);
      assert.throws(() => decode(makeArtifact(kind, new Uint8Array(bytes.length).fill(255))), isOneSentence);
    });

    it(`of "${kind}" never read two sequences of bytes as the same value`, () => {
      const value = decode(artifact);
      // Every byte of a small artifact; of a proof the head, the end, and some in between: its own codec has its own tests.
      const step = bytes.length < 1000 ? 1 : Math.floor(bytes.length / 8);
      for (let at = 0; at < bytes.length; at += step) {
        for (const mask of [1, 128]) {
          const changed = Uint8Array.from(bytes);
          changed[at]! ^= mask;
          let other: unknown;
          try {
            other = decode(makeArtifact(kind, changed));
          } catch (error) {
            isOneSentence(error);
            continue;
          }
          assert.notDeepEqual(other, value, `byte ${at}`);
        }
      }
      // Under its name, no change of a byte is taken at all.
      const changed = Uint8Array.from(bytes);
      changed[bytes.length - 1]! ^= 1;
      assert.throws(() => checkedArtifact(idOf(artifact), changed), isOneSentence);
      assert.deepEqual(checkedArtifact(idOf(artifact), bytes.slice()), artifact);
    });
  }

  it('do not take the artifact of another kind', () => {
    const list = samples();
    for (const [{ kind, bytes }] of list) {
      for (const [other, decode] of list.filter(([candidate]) => candidate.kind !== kind)) {
        assert.throws(() => decode(makeArtifact(other.kind, bytes)), isOneSentence, `${kind} as ${other.kind}`);
      }
    }
  });

  it('refuse nodes that are not those of the wrap key, and elements that are not canonical', () => {
    const cap = new ByteWriter('cap').u32(12).words(...Array.from({ length: 4096 }, (_, i) => BigInt(i)));
    assert.throws(() => decodeCap(system, makeArtifact('cap', cap.end())), isOneSentence);
    assert.throws(() => decodeCap(system, makeArtifact('cap', new ByteWriter('cap').u32(31).end())), isOneSentence);
    assert.throws(
      () => decodeCap(system, makeArtifact('cap', new ByteWriter('cap').u32(3).words(1n).end())),
      isOneSentence,
    );
    const felts = new ByteWriter('program-key').u32(0x7f000001, 0, 0, 0, 0, 0, 0, 0);
    assert.throws(() => decodeProgramKey(makeArtifact('program-key', felts.end())), isOneSentence);
    const digests = new ByteWriter('ending').u32(0x7f000001, ...new Array<number>(8 * OPENING_DIGESTS - 1).fill(0));
    assert.throws(() => decodeEnding(makeArtifact('ending', digests.end())), isOneSentence);
    const cycles = new ByteWriter('execution')
      .u32(0)
      .u64(6)
      .list(new Uint8Array(32))
      .u32(1)
      .u64(5)
      .list(new Uint8Array(32));
    const sum = cycles.list(utf8('')).list(utf8('')).list(utf8('')).end();
    assert.throws(() => decodeExecuted(makeArtifact('execution', sum)), isOneSentence);
  });
});

describe('a store on disk', () => {
  const directoryOf = async (t: TestContext): Promise<string> => {
    const directory = await mkdtemp(path.join(tmpdir(), 'zkvm-results-'));
    t.after(() => rm(directory, { recursive: true, force: true }));
    return directory;
  };
  const artifact = makeArtifact('core', utf8('contents'));

  it('takes no file that was changed, cut off, emptied or replaced by a folder, and writes it anew', async (t) => {
    const directory = await directoryOf(t);
    const id = await new DiskStore(directory).put(artifact);
    const file = path.join(directory, id);
    const damages: (() => Promise<unknown>)[] = [
      () => writeFile(file, 'c0ntents'),
      () => truncate(file, 3),
      () => truncate(file, 0),
      () => rm(file).then(() => mkdir(file)),
      () => rm(file, { recursive: true }).then(() => mkdir(path.join(file, 'full'), { recursive: true })),
    ];
    for (const damage of damages) {
      await damage();
      const store = new DiskStore(directory);
      await assert.rejects(store.get(id), { name: 'ArtifactError', code: 'ARTIFACT_DAMAGED' });
      assert.equal(await store.has(id), false);
      assert.equal(await store.put(artifact), id);
      assert.deepEqual(await store.get(id), artifact);
    }
    await rm(file);
    await assert.rejects(new DiskStore(directory).get(id), { code: 'ARTIFACT_MISSING' });
  });

  it('says that a note of a result is damaged, or what it names, and forgets it', async (t) => {
    const directory = await directoryOf(t);
    const store = new DiskStore(directory);
    const id = await store.put(artifact);
    const job = fakeJob('a').id;
    await store.keepResult(job, id);
    const note = path.join(directory, job);
    const text = await readFile(note, 'utf8');
    const refused = () => assert.rejects(new DiskStore(directory).resultOf(job), { code: 'ARTIFACT_DAMAGED' });
    for (const other of [text.slice(0, 20), text.replace(/[0-9a-f]{4}$/m, '0000'), '', `../${text}`, '\0']) {
      await writeFile(note, other);
      await refused();
    }
    await writeFile(note, text);
    assert.equal(await new DiskStore(directory).resultOf(job), id);
    await truncate(path.join(directory, id), 5);
    await refused();
    await rm(path.join(directory, id));
    await refused();
    await store.forgetResult(job);
    assert.equal(await store.resultOf(job), undefined);
    await mkdir(note);
    await refused();
    await store.put(artifact);
    await store.keepResult(job, id);
    assert.equal(await store.resultOf(job), id);
  });

  it('keeps nothing of a file that a full disk cut off, and what was finished before', async (t) => {
    const directory = await directoryOf(t);
    const first = await new DiskStore(directory).put(artifact);
    const full = new DiskStore(directory, async (file, bytes) => {
      await writeFile(file, bytes.subarray(0, 2));
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    });
    const other = makeArtifact('core', utf8('other contents'));
    const sentence = {
      name: 'CacheError',
      code: 'CACHE_UNWRITABLE',
      message: `The directory of finished proofs of this run ${directory} is on a full disk: mend that and run the same command again, which goes on with the proofs that are finished.`,
    };
    await assert.rejects(full.put(other), sentence);
    await assert.rejects(full.keepResult(fakeJob('a').id, first), sentence);
    assert.deepEqual(await readdir(directory), [first]);
    assert.equal(await full.has(idOf(other)), false);
    assert.deepEqual(await full.get(first), artifact);
  });

  it(
    'is readable by its owner alone, and has no half-written file',
    { skip: process.platform === 'win32' },
    async (t) => {
      const directory = await directoryOf(t);
      const store = new DiskStore(directory);
      const id = await store.put(artifact);
      await store.keepResult(fakeJob('a').id, id);
      for (const name of await readdir(directory)) {
        assert.equal((await stat(path.join(directory, name))).mode & 0o077, 0, name);
      }
      assert.ok(!(await readdir(directory)).some((name) => name.includes('.tmp')));
    },
  );

  it('names a directory that cannot be used', async (t) => {
    const directory = await directoryOf(t);
    const file = path.join(directory, 'plain');
    await writeFile(file, '');
    await assert.rejects(new DiskStore(path.join(file, 'below')).put(artifact), {
      code: 'CACHE_UNWRITABLE',
      message: /^The directory of finished proofs of this run .* is not a directory: mend that and run .*\.$/,
    });
    await chmod(file, 0o600);
    // Keys have their own words.
    const entry = { name: 'key', digest: 'ab'.repeat(32), extension: 'bin' };
    const key = new FileCache(path.join(file, 'below')).obtain(entry, () => Promise.resolve());
    await assert.rejects(key, { code: 'CACHE_UNWRITABLE', message: /^The key cache .* ZKVM_CACHE_DIR / });
  });
});
