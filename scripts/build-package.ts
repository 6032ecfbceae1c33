/** Emits dist/: JavaScript and declarations of plugin and prover, with the shipped contract artifacts beside them. */
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc');

rmSync(path.join(ROOT, 'dist'), { recursive: true, force: true });
execFileSync(process.execPath, [TSC, '-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
// The compiler copies only JSON that something imports; users import the interfaces' artifacts as well.
cpSync(path.join(ROOT, 'plugin/artifacts'), path.join(ROOT, 'dist/plugin/artifacts'), { recursive: true });
