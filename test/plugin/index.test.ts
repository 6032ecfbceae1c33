/** The plugin's index is loaded at every Hardhat command: it defines tasks and loads nothing that only they need. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import plugin from '../../plugin/index.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const TASKS = path.join(REPOSITORY, 'plugin/internal/tasks');

/** Every module that a fresh process loads while it runs some lines, by its path in the repository, or as `node:fs`. */
function modulesLoadedBy(lines: string): string[] {
  const program = `
    import { registerHooks } from 'node:module';
    const urls = [];
    registerHooks({ load: (url, context, next) => { urls.push(url); return next(url, context); } });
    const at = (file) => new URL(file, ${JSON.stringify(`${pathToFileURL(REPOSITORY).href}/`)}).href;
    ${lines}
    console.log(JSON.stringify(urls));
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  const urls = JSON.parse(output.trim().split('\n').at(-1) ?? '') as string[];
  return urls.map((url) => url.replace(`${pathToFileURL(REPOSITORY).href}/`, ''));
}

test('the index loads definitions of tasks, parts of Hardhat, and nothing of the prover or of other packages', () => {
  const loaded = modulesLoadedBy(`await import(at('plugin/index.ts'));`);
  assert.ok(loaded.includes('plugin/index.ts') && loaded.includes('plugin/internal/tasks/prove/index.ts'));
  const others = loaded.filter(
    (file) =>
      !/^plugin\/(?:index\.ts|internal\/tasks\/(?:\w+\/)?(?:index|options)\.ts)$/.test(file) &&
      !file.startsWith('node_modules/hardhat/') &&
      !file.startsWith('node:'),
  );
  // What Hardhat's own configuration helpers load is Hardhat's; it is loaded at every command without us as well.
  const hardhat = new Set(modulesLoadedBy(`await import('hardhat/config'); await import('hardhat/plugins');`));
  assert.deepEqual(
    others.filter((file) => !hardhat.has(file)),
    [],
  );
});

test('what is loaded is seen: an action loads the prover when it runs', () => {
  const loaded = modulesLoadedBy(
    `const { loadProverModule } = await import(at('plugin/internal/prover-module.ts')); await loadProverModule();`,
  );
  assert.ok(loaded.includes('prover/index.ts') && loaded.filter((file) => file.startsWith('prover/')).length > 100);
});

test('every folder of a task is in the list, under its name, and has its action beside it', async () => {
  const folders = readdirSync(TASKS, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  const ids = (plugin.tasks ?? []).map((task) => ('id' in task ? task.id.join(' ') : ''));
  assert.deepEqual(ids.toSorted(), ['zkvm', ...folders.map((name) => `zkvm ${name}`)].toSorted());
  for (const name of folders) {
    const { default: action } = (await import(pathToFileURL(path.join(TASKS, name, 'action.ts')).href)) as {
      default: unknown;
    };
    assert.equal(typeof action, 'function', name);
  }
});
