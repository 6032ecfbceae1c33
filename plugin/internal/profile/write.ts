/** The `--profile` option: a file for speedscope, or a page. */
import path from 'node:path';
import type { ProverModule } from '../../../prover/index.ts';
import { pluginError } from '../errors.ts';
import { writeFileAtomically } from '../files.ts';
import { reportPage, type Report } from './report.ts';

/** Call paths on a page: enough for any screen, and a page of a few megabytes at most. */
const PAGE_PATHS = 20_000;

/** Checks the ending of the file before anything runs. */
export function checkProfileFile(file: string | undefined): void {
  const ending = file === undefined ? '.json' : path.extname(file).toLowerCase();
  if (ending === '.json' || ending === '.html') return;
  throw pluginError(`--profile "${file}" must end in .json (for speedscope) or .html (a page with a flame graph).`);
}

/** Writes the profile in the form that the file's ending names; the file is complete or not there. */
export async function writeProfile(
  file: string,
  report: Report,
  { speedscopeFile, largestPaths }: Pick<ProverModule, 'speedscopeFile' | 'largestPaths'>,
): Promise<void> {
  const { program, profile } = report;
  const isPage = path.extname(file).toLowerCase() === '.html';
  const text = isPage
    ? reportPage(report, largestPaths(profile.tree, PAGE_PATHS))
    : speedscopeFile(profile, `zkvm execute ${program}`);
  await writeFileAtomically(file, text);
}
