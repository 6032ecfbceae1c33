/** Building C programs: reproducible, and clear about what does not work. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildCProgram, linkError } from '../../plugin/internal/toolchain/c.ts';
import { findCCompiler } from '../../plugin/internal/toolchain/c-compiler.ts';
import { execute, loadProgram } from '../../prover/index.ts';
import { buildWith, compilerOrSkip } from '../support/c-compiler.ts';

const PROGRAMS = fileURLToPath(new URL('../../programs/', import.meta.url));
const { compiler, skip } = compilerOrSkip('clang');

const work = mkdtempSync(join(tmpdir(), 'zkvm-c-test-'));
after(() => rmSync(work, { recursive: true, force: true }));

/** A new folder with the given files. */
function folderWith(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(work, name);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  return folder;
}

/** Builds from one file of C. */
const build = (name: string, source: string): Uint8Array =>
  buildWith('clang', name, folderWith(name, { 'src/main.c': source }));

describe('building C programs', { skip }, () => {
  it('gives the same bytes in another folder, at another depth', () => {
    const copy = join(work, 'a/much/deeper/folder');
    for (const name of ['sdk', 'sdk-c', 'gunzip']) cpSync(join(PROGRAMS, name), join(copy, name), { recursive: true });
    const elsewhere = buildCProgram({
      folder: join(copy, 'gunzip'),
      sdkFolder: join(copy, 'sdk'),
      cHeaderFolder: join(copy, 'sdk-c'),
      compiler: compiler!,
    });
    const here = buildWith('clang', 'gunzip');
    assert.deepEqual(elsewhere, here);
    assert.ok(!Buffer.from(here).includes(PROGRAMS), 'no path of this machine is in the file');
  });

  it('finds sources and headers in subfolders', () => {
    const folder = folderWith('several', {
      'src/main.c': '#include "parts/one.h"\n#include <two.h>\nint main(void) { return one() + TWO; }',
      'src/parts/one.h': 'int one(void);',
      'src/parts/one.c': '#include "one.h"\nint one(void) { return 1; }',
      'include/two.h': '#define TWO 2',
    });
    const { outcome } = execute(loadProgram(buildWith('clang', 'several', folder)), []);
    assert.deepEqual(outcome, { kind: 'halt', exitCode: 3 });
  });

  it('says in one sentence why a program does not build', () => {
    const missing = { message: 'no file under src/ defines main' };
    assert.throws(() => build('no-main', 'int other(void) { return 0; }'), missing);
    assert.throws(() => build('float', 'int main(void) { volatile float x = 1; return x + x > 2; }'), {
      message: /^the program uses floating point \(__\w+sf\w\), which this machine does not have: use integers$/,
    });
    assert.throws(() => build('library', 'int puts(const char *); int main(void) { return puts("text"); }'), {
      message: 'puts is not defined: there is no C library, and zkvm.h lists what there is',
    });
    assert.throws(() => build('syntax', 'int main(void) { return 0 }'), {
      message: "src/main.c does not compile: see the compiler's messages above",
    });
    assert.throws(() => build('undeclared', 'int main(void) { return unknown(); }'), {
      message: "src/main.c does not compile: see the compiler's messages above",
    });
    assert.throws(() => buildWith('clang', 'empty', folderWith('empty', { 'src/readme.txt': '' })), {
      message: `there is no C file in ${join(work, 'empty/src')}`,
    });
  });
});

describe('the C compiler', () => {
  it('is asked for by a sentence with the command to type', () => {
    const [chosen, path] = [process.env['ZKVM_CC'], process.env['PATH']];
    try {
      process.env['ZKVM_CC'] = '/nowhere/cc';
      assert.throws(findCCompiler, {
        message:
          /^ZKVM_CC names \/nowhere\/cc, which cannot be run or cannot make code for RV32IM: .*"[a-z-]+ install /,
      });
      // Elsewhere package managers put LLVM into folders that are looked at without the PATH.
      if (process.platform !== 'linux') return;
      delete process.env['ZKVM_CC'];
      process.env['PATH'] = work;
      assert.throws(findCCompiler, {
        message: /^no C compiler for RISC-V was found: on Debian or Ubuntu run "apt-get install clang lld"/,
      });
    } finally {
      if (chosen !== undefined) process.env['ZKVM_CC'] = chosen;
      process.env['PATH'] = path;
    }
  });

  it("reads what is missing from either linker's messages", () => {
    assert.equal(linkError('ld.lld: error: undefined symbol: main'), 'no file under src/ defines main');
    assert.equal(linkError('main.c:(.text.main+0x8): undefined reference to `main'), 'no file under src/ defines main');
    assert.match(linkError("undefined reference to `__adddf3'"), /^the program uses floating point \(__adddf3\)/);
    assert.match(linkError('ld.lld: error: undefined symbol: __fixunssfdi'), /floating point/);
    assert.match(linkError('ld.lld: error: undefined symbol: printf'), /^printf is not defined: there is no C library/);
    assert.equal(linkError('something else'), "the program does not link: see the linker's messages above");
  });
});
