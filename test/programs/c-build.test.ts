/** Building C programs: reproducible, and clear about what does not work. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildCProgram } from '../../plugin/internal/toolchain/c.ts';
import { linkError } from '../../plugin/internal/toolchain/c-link.ts';
import { findCCompiler } from '../../plugin/internal/toolchain/c-compiler.ts';
import { execute, loadProgram } from '../../prover/index.ts';
import { buildWith, compilerOrSkip } from '../support/c-compiler.ts';
import { readSymbolTable } from '../../prover/elf/symbol-table.ts';

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
      buildFolder: join(copy, 'build'),
      readSymbolTable,
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
    const files = 'void *fopen(const char *, const char *); int main(void) { return fopen("file", "r") == 0; }';
    assert.throws(() => build('files', files), {
      message:
        /^fopen is not defined: there are no files; define it in the program, or see programs\/sdk-c\/README\.md$/,
    });
    const several = 'int one(void), two(void); int main(void) { return one() + two(); }';
    assert.throws(() => build('several-missing', several), {
      message:
        /^one, two are not defined: the C library of guests does not have them; define them in the program, or see /,
    });
    const twice = {
      'src/main.c': 'int f(void) { return 0; } int main(void) { return f(); }',
      'src/f.c': 'int f(void) { return 1; }',
    };
    assert.throws(() => buildWith('clang', 'twice', folderWith('twice', twice)), {
      message: 'the program defines f twice: remove or rename one of the definitions',
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

describe('the C library beside a program', { skip }, () => {
  const run = (elf: Uint8Array): { outcome: unknown; stdout: string } => {
    const { outcome, stdout } = execute(loadProgram(elf), []);
    return { outcome, stdout: new TextDecoder().decode(stdout) };
  };

  it('gives way to functions that the program defines itself', () => {
    const source = `#include <stdio.h>
      #include <string.h>
      char *strcpy(char *to, const char *from) { (void)from; to[0] = 'm'; to[1] = 0; return to; }
      int rand(void) { return 1; }
      #include <stdlib.h>
      void *malloc(size_t length) { static char mine[100]; return length > 100 ? 0 : mine; }
      double sqrt(double x) { return -x; }
      int main(void) {
        char text[9] = "a";
        volatile double four = 4;
        strcat(strcpy(text, "b"), "c");
        printf("%s %d %g %d\\n", text, rand(), sqrt(four), malloc(200) == 0);
        return 0;
      }`;
    const { outcome, stdout } = run(build('own-functions', source));
    assert.deepEqual({ outcome, stdout }, { outcome: { kind: 'halt', exitCode: 0 }, stdout: 'mc 1 -4 1\n' });
  });

  it('runs what atexit was given after main, and not after a panic', () => {
    const source = (end: string): string => `#include <stdio.h>
      #include <stdlib.h>
      static void bye(void) { puts("bye"); }
      int main(void) { atexit(bye); ${end}; }`;
    const returned = run(build('atexit-return', source('return 4')));
    assert.deepEqual(returned, { outcome: { kind: 'halt', exitCode: 4 }, stdout: 'bye\n' });
    const aborted = run(build('atexit-abort', source('abort()')));
    assert.deepEqual(aborted, { outcome: { kind: 'halt', exitCode: 1 }, stdout: '' });
  });

  it('costs nothing where it is not used', () => {
    const { rom } = loadProgram(build('nothing', 'int main(void) { return 0; }'));
    assert.ok(rom.pc.length < 1000, `${rom.pc.length} instructions`);
  });

  it('gives arguments that are none', () => {
    const source = 'int main(int argc, char **argv) { return argc == 0 && argv[0] == 0 ? 7 : 1; }';
    assert.deepEqual(run(build('arguments', source)).outcome, { kind: 'halt', exitCode: 7 });
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
    assert.match(
      linkError("undefined reference to `sin'"),
      /^sin is not defined: of <math.h> there is what is exact; /,
    );
    assert.match(linkError('ld.lld: error: undefined symbol: __bid_adddd3'), /: decimal floating point is not there; /);
    assert.match(linkError('ld.lld: error: undefined symbol: pthread_create'), /: there is one thread; /);
    const seven = Array.from({ length: 7 }, (_, i) => `ld.lld: error: undefined symbol: f${i}`).join('\n');
    assert.match(linkError(seven), /^f0, f1, f2, f3, f4 and 2 more are not defined: /);
    assert.equal(
      linkError("/usr/bin/ld: a.o: in function `f': multiple definition of `f'; b.o: first defined here"),
      'the program defines f twice: remove or rename one of the definitions',
    );
    assert.equal(linkError('something else'), "the program does not link: see the linker's messages above");
  });
});
