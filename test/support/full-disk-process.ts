/**
 * A process whose runs are on a file system of its own, so small that it is full in the middle of one. It has to be started by
 * `unshare --map-root-user --mount`, and says what it found as one line of JSON.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanRuns } from '../../prover/jobs/clean-runs.ts';
import { createProver } from '../../prover/jobs/prover.ts';
import { FakeRunWorker } from './fake-run.ts';
import { guest } from './guests.ts';

const SHARDS = 8;
const [disk = ''] = process.argv.slice(2);
const resultsDir = path.join(disk, 'runs');
const filler = path.join(disk, 'filler');

const mount = (...options: readonly string[]): Buffer => execFileSync('mount', [...options, 'tmpfs', disk]);

/** Takes all the room that is left. */
function fill(): void {
  for (let i = 0; statfsSync(disk).bavail > 0; i++)
    writeFileSync(`${filler}${i}`, new Uint8Array(statfsSync(disk).bsize));
}

function empty(): void {
  for (const name of readdirSync(disk)) if (name.startsWith('filler')) rmSync(path.join(disk, name));
}

/** What a run ended with, which jobs it ran, and the files that are there afterwards. */
async function run() {
  const worker = new FakeRunWorker(SHARDS);
  const prover = await createProver({ resultsDir }, { workers: [worker] });
  const error = await prover.prove(guest('add'), [], { mode: 'compressed' }).then(
    () => undefined,
    (reason: unknown) => reason as Error & { readonly code?: string },
  );
  const folders = readdirSync(resultsDir);
  const files = folders.flatMap((name) => readdirSync(path.join(resultsDir, name)));
  return { name: error?.name, code: error?.code, message: error?.message, ran: worker.ran, folders, files };
}

mount('-t', 'tmpfs', '-o', 'size=1m');
const first = await run();
fill();
const second = await run();
empty();
mount('-o', 'remount,size=64m');
const third = await run();
mount('-o', 'remount,size=1m');
await run();
fill();
const cleaned = await cleanRuns(resultsDir);
console.log(JSON.stringify({ first, second, third, cleaned, room: statfsSync(disk).bavail }));
