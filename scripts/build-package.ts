/** Emits dist/: JavaScript and declarations of plugin and prover, with the shipped contract artifacts beside them. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc');

rmSync(path.join(ROOT, 'dist'), { recursive: true, force: true });
// JSON modules are copied by the compiler.
execFileSync(process.execPath, [TSC, '-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
