/** Where this package is installed. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The folder of this package, from sources and from dist/ alike. */
export function packageFolder(): string {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const file = path.join(folder, 'package.json');
    if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'hardhat-zkvm')
      return folder;
    if (folder === path.dirname(folder)) throw new Error('hardhat-zkvm: package.json was not found');
  }
}
