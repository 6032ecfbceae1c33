/** What README and docs say: their code blocks, commands and links, so that tests can try them. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A fenced or indented block. `language` is "" for an indented one. */
export type Block = {
  readonly file: string;
  /** Where its first line stands, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
};

/** Pages whose blocks are tried, relative to the package. */
export function pages(folder: string): string[] {
  const more = ['README.md', 'contracts/README.md', 'programs/README.md', 'programs/sdk-c/README.md'];
  return [...more, 'programs/sdk/secp256k1/README.md', ...globSync('docs/*.md', { cwd: folder }).sort()];
}

/** All blocks of a page, in order. */
export function blocksOf(folder: string, file: string): Block[] {
  const lines = readFileSync(path.join(folder, file), 'utf8').split('\n');
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    const fence = /^( *)```(\w*)$/.exec(lines[i]!);
    const start = fence === null ? i : i + 1;
    // An indented block follows an empty line; in a list it would be text.
    if (fence === null && !(/^ {4}\S/.test(lines[i]!) && (lines[i - 1] ?? '') === '')) continue;
    let end = start;
    const inside = (line: string) => (fence === null ? line.startsWith('    ') : line !== `${fence[1]}\`\`\``);
    while (end < lines.length && inside(lines[end]!)) end += 1;
    const text = lines.slice(start, end).map((line) => (fence === null ? line.slice(4) : line));
    blocks.push({ file, line: start + 1, language: fence?.[2] ?? '', text: `${text.join('\n')}\n` });
    i = end;
  }
  return blocks;
}

/** The commands of an indented block: comments are cut off, lines that end in a backslash are joined. */
export function commandsOf({ text }: Block): string[] {
  return text
    .replace(/\\\n */g, '')
    .split('\n')
    .map((line) => line.replace(/\s+# .*$/, '').trim())
    .filter((line) => line !== '');
}

/** A page without its code. */
function prose(folder: string, file: string): string {
  const text = readFileSync(path.join(folder, file), 'utf8').replace(/^```[^]*?^```/gm, '');
  return text.replace(/^ {4}.*$/gm, '').replace(/`[^`\n]*`(?!\])/g, '');
}

/** Targets of links and images, without those to other sites. */
export function linksOf(folder: string, file: string): string[] {
  const text = prose(folder, file);
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/^\[[^\]]+\]: (\S+)/gm)].map(([, to]) => to!);
  return links.filter((to) => !/^[a-z]+:/.test(to));
}

/** The anchors of a page, as GitHub makes them from its headings. */
export function anchorsOf(folder: string, file: string): Set<string> {
  const text = readFileSync(path.join(folder, file), 'utf8').replace(/^```[^]*?^```/gm, '');
  return new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replace(/ /g, '-'),
    ),
  );
}

/** Inline code of a page, fenced blocks left out. */
export function inlineCode(folder: string, file: string): string[] {
  const text = readFileSync(path.join(folder, file), 'utf8').replace(/^```[^]*?^```/gm, '');
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
}
