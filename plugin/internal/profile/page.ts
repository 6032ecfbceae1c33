/**
 * A profile as one HTML page: an interactive flame graph and tables. It loads nothing, and its content policy lets no other
 * script run; names and output of the program are text everywhere.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageFolder } from '../toolchain/package-folder.ts';
import type { PageData } from './page-data.ts';

/** A page: its data, and the facts above the graph. */
export type Page = {
  readonly title: string;
  /** Sentences below the title. */
  readonly sentences: readonly string[];
  /** Short facts: what, value. */
  readonly facts: readonly (readonly [string, string])[];
  readonly stdout: string;
  readonly stderr: string;
  readonly data: PageData;
};

/** Text as HTML text or attribute value. */
export function escapeHtml(text: string): string {
  const codes: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => codes[character] ?? '');
}

/** JSON that cannot end the script element it stands in. */
function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

/** A file of the page, as it ships. */
function pageFile(name: string): string {
  return readFileSync(path.join(packageFolder(), 'plugin/internal/profile/page', name), 'utf8');
}

function source(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function tableSection(id: string, title: string, columns: readonly string[]): string {
  const head = columns.map((column) => `<th scope="col">${column}</th>`).join('');
  return `<section id="${id}-section"><h2>${title}</h2><div class="wide"><table><thead><tr>${head}</tr></thead><tbody id="${id}"></tbody></table></div></section>`;
}

function outputSection(title: string, text: string): string {
  return text === '' ? '' : `<section><h2>${title}</h2><pre>${escapeHtml(text)}</pre></section>`;
}

/** The text of the page. */
export function profilePage({ title, sentences, facts, stdout, stderr, data }: Page): string {
  const [script, style] = [pageFile('script.js'), pageFile('style.css')];
  const policy = `default-src 'none'; script-src ${source(script)}; style-src ${source(style)}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${sentences.map((sentence) => `<p class="soft">${escapeHtml(sentence)}</p>`).join('\n')}
<dl class="facts">
${facts.map(([what, value]) => `<div><dt>${escapeHtml(what)}</dt><dd>${escapeHtml(value)}</dd></div>`).join('\n')}
</dl>
<noscript><p>The flame graph and the tables need JavaScript.</p></noscript>
<section>
<div class="tools"><h2>Cycles by call path</h2><span id="found" class="soft" role="status"></span><button id="reset" type="button" hidden>Whole program</button><input id="search" type="search" placeholder="Search functions" aria-label="Search functions"></div>
<div class="scroll"><div id="flame"></div></div>
<p id="details" class="soft" role="status">Point at a bar for its cycles; click it to look closer.</p>
</section>
${tableSection('spans', 'Spans', ['Span', 'Cycles', 'Share', 'Calls'])}
${tableSection('functions', 'Functions', ['Function', 'Own cycles', 'Share', 'With callees', 'Share', 'Calls'])}
<div class="pair">
${tableSection('instructions', 'Instructions', ['Family', 'Count', 'Share'])}
${tableSection('syscalls', 'System calls', ['Call', 'Count', 'Share'])}
</div>
${outputSection('Output', stdout)}
${outputSection('Errors', stderr)}
</main>
<script type="application/json" id="data">${embeddedJson(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}
