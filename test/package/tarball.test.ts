/** What is in the package: everything that it names, nothing that is only ours. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import path from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { anchorsOf, linksOf } from '../support/documents.ts';
import { packClone, temporaryFolder, unpack } from '../support/tarball.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const MEGABYTE = 1e6;

type Manifest = {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly types: string;
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly repository: { readonly url: string };
  readonly homepage: string;
  readonly bugs: string;
};

let folder: string;
let tarball: string;
let manifest: Manifest;

before(() => {
  const parent = temporaryFolder();
  ({ tarball } = packClone(parent));
  folder = unpack(tarball, parent);
  manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
});

test('it is small, and holds what programs are built from and no build results', () => {
  const size = statSync(tarball).size;
  assert.ok(size > 0.5 * MEGABYTE && size < 15 * MEGABYTE, `${size} bytes`);
  const needed = [
    ...['README.md', 'CONTRIBUTING.md', 'LICENSE', 'docs/soundness.md', 'contracts/IZkVerifier.sol'],
    ...['programs/sdk/Cargo.toml', 'programs/sdk/link.ld', 'programs/sdk/src/lib.rs', 'programs/sdk-c/zkvm.h'],
    ...['programs/sp1-zkvm/Cargo.toml', 'programs/secret/secret.elf', 'programs/secret/sample.bin'],
    ...['plugin/internal/tasks/new/templates/gitignore', 'plugin/internal/toolchain/rustc-wrapper.rs'],
    ...['plugin/internal/profile/page/script.js', 'plugin/internal/profile/page/style.css'],
  ];
  for (const file of needed) assert.ok(existsSync(path.join(folder, file)), file);
  const unwanted = globSync(
    ['**/target', '**/node_modules', 'test', 'bench', '**/*.tgz', '**/*.proof.json', '**/tsconfig.json'],
    {
      cwd: folder,
    },
  );
  assert.deepEqual(unwanted, []);
});

test('every export leads to a file, and every contract of ours has its artifact there', () => {
  const targets: string[] = [manifest.types];
  for (const target of Object.values(manifest.exports))
    targets.push(...(typeof target === 'string' ? [target] : Object.values(target)));
  for (const target of targets) {
    const found = globSync(target.replace('*', '**/*.*'), { cwd: folder });
    assert.ok(found.length > 0, `${target} leads nowhere`);
  }
  const artifacts = globSync('dist/plugin/artifacts/*.json', { cwd: folder }).map((file) =>
    path.basename(file, '.json'),
  );
  const shipped = globSync('plugin/artifacts/*.json', { cwd: REPOSITORY }).map((file) => path.basename(file, '.json'));
  assert.deepEqual(artifacts.sort(), shipped.sort());
  assert.ok(artifacts.includes('IZkVerifier'));
});

/** Runs lines of a module in the unpacked package, which finds itself by its name; gives what they print. */
function runInside(lines: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '--eval', lines], { cwd: folder, encoding: 'utf8' });
}

test('an artifact is imported as a consumer does, and the page of a profile finds its files', () => {
  for (const name of ['IZkVerifier', 'IZkConsumer', 'ZkVerifierGateway']) {
    const lines = `
      const { default: artifact } = await import('hardhat-zkvm/artifacts/${name}.json', { with: { type: 'json' } });
      console.log(artifact.contractName, artifact.abi.length > 0);`;
    assert.equal(runInside(lines), `${name} true\n`);
  }
  const page = runInside(`
    const { profilePage } = await import('./dist/plugin/internal/profile/page.js');
    console.log(profilePage({ title: 'packed', sentences: [], facts: [], stdout: '', stderr: '', data: {} }));`);
  const script = readFileSync(path.join(folder, 'plugin/internal/profile/page/script.js'), 'utf8');
  assert.ok(page.includes('<title>packed</title>') && page.includes(script));
});

test('its code imports nothing but Node, its dependencies and itself', () => {
  const declared = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
  const files = globSync('dist/**/*.js', { cwd: folder });
  assert.ok(files.length > 100);
  let imports = 0;
  for (const file of files) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    // Type-only imports are gone from the emitted code.
    for (const [, specifier] of text.matchAll(/(?:^import|^export|\bfrom|\bimport\()\s*['"]([^'"$]+)['"]/gm)) {
      imports++;
      if (specifier!.startsWith('.')) {
        assert.ok(existsSync(path.resolve(folder, path.dirname(file), specifier!)), `${file} imports ${specifier}`);
        continue;
      }
      const name = specifier!.split('/', specifier!.startsWith('@') ? 2 : 1).join('/');
      const known = specifier!.startsWith('node:') || builtinModules.includes(specifier!) || declared.includes(name);
      assert.ok(known, `${file} imports ${specifier}, which package.json does not name`);
    }
  }
  assert.ok(imports > 1000);
});

test('every relative link of its pages leads to something in it, headings included', () => {
  const all = globSync('**/*.md', { cwd: folder, exclude: (name) => name === 'node_modules' });
  assert.ok(all.length > 20);
  let links = 0;
  for (const file of all) {
    for (const link of linksOf(folder, file)) {
      const [to, anchor] = link.split('#') as [string, string?];
      const target = to === '' ? file : path.join(path.dirname(file), to);
      assert.ok(!target.startsWith('..') && existsSync(path.join(folder, target)), `${file}: ${link} leads nowhere`);
      if (anchor !== undefined) assert.ok(anchorsOf(folder, target).has(anchor), `${file}: ${link} names no heading`);
      links += 1;
    }
  }
  assert.ok(links > 40, `${links} links`);
});

test('engines is what Hardhat needs, and the addresses of the project belong together', async () => {
  const require = createRequire(import.meta.url);
  const hardhat = path.dirname(require.resolve('hardhat/package.json'));
  const file = path.join(hardhat, 'dist/src/internal/cli/node-version.js');
  const { MIN_SUPPORTED_NODE_VERSION: minimum } = (await import(pathToFileURL(file).href)) as {
    MIN_SUPPORTED_NODE_VERSION: number[];
  };
  assert.equal(manifest.engines.node, `>=${minimum.slice(0, 2).join('.')}`);
  assert.equal(minimum[2], 0);
  const site = manifest.repository.url.replace(/^git\+(.*)\.git$/, '$1');
  assert.match(site, /^https:\/\/[\w./-]+$/);
  assert.equal(manifest.homepage, `${site}#readme`);
  assert.equal(manifest.bugs, `${site}/issues`);
});
