// Makes a fresh `npm ci` usable, whatever Node ran it; plain JavaScript because it may run on system Node 20.
//
// npm under Node < 22 silently skips the native package of Hardhat's EVM (its `engines` field), and Hardhat then fails
// under any Node. This script notices and unpacks exactly the version of the lock file, checked by its integrity hash.
// It does nothing, in a few milliseconds, when everything is in place.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');

/** The platform part of the package name, as Hardhat's EVM names its packages. */
function edrPlatform() {
  const { platform, arch } = process;
  if (platform === 'darwin' && (arch === 'arm64' || arch === 'x64')) return `darwin-${arch}`;
  if (platform === 'win32' && arch === 'x64') return 'win32-x64-msvc';
  if (platform === 'linux' && (arch === 'arm64' || arch === 'x64')) {
    const { header } = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
    return `linux-${arch}-${header?.glibcVersionRuntime === undefined ? 'musl' : 'gnu'}`;
  }
  throw new Error(`Hardhat has no EVM for ${platform} ${arch}.`);
}

/**
 * Runs npm, through the copy that started this script when there is one (Windows cannot spawn `npm` directly).
 * @param {string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  const cli = process.env.npm_execpath;
  const [command, prefix] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []];
  return execFileSync(command, [...prefix, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/**
 * Downloads one locked package with npm and unpacks it into node_modules by an atomic rename.
 * @param {string} name
 */
function installLocked(name) {
  /** @typedef {{ version: string, integrity: string }} Entry */
  const text = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const lock = /** @type {{ packages: Record<string, Entry | undefined> }} */ (JSON.parse(text));
  const entry = lock.packages[`node_modules/${name}`];
  if (entry === undefined) throw new Error(`package-lock.json does not list ${name}.`);
  const temporary = mkdtempSync(join(modules, '.bootstrap-'));
  try {
    const file = npm(['pack', '--silent', `${name}@${entry.version}`], temporary)
      .trim()
      .split('\n')
      .pop();
    const bytes = readFileSync(join(temporary, file));
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    if (integrity !== entry.integrity) {
      throw new Error(`${name}: received integrity ${integrity}, expected ${entry.integrity}.`);
    }
    execFileSync('tar', ['-xzf', file], { cwd: temporary });
    const target = join(modules, name);
    mkdirSync(dirname(target), { recursive: true });
    if (!existsSync(target)) renameSync(join(temporary, 'package'), target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** True when this Node can run Hardhat 3 and TypeScript files. */
function nodeIsRecent() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

try {
  if (!existsSync(join(modules, 'hardhat'))) throw new Error('node_modules is incomplete; run `npm ci` first.');
  if (!nodeIsRecent()) {
    throw new Error(
      `Node ${process.versions.node} is too old and the bundled Node 24 is missing; run \`npm rebuild node\`, then try again.`,
    );
  }
  const edr = `@nomicfoundation/edr-${edrPlatform()}`;
  if (!existsSync(join(modules, edr))) {
    console.error(`npm left out ${edr} (it ran on an older Node); installing the locked version.`);
    installLocked(edr);
  }
} catch (error) {
  const output = error?.stderr ? ` ${String(error.stderr).trim().split('\n').pop()}` : '';
  console.error(`bootstrap: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}${output}`);
  process.exit(1);
}
