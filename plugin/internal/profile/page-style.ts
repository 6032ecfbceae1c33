/** The style of a profile's page: light and dark by the reader's setting, one column on a phone. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --back: #fbfbfa; --text: #1c1d20; --soft: #63666d; --line: #dcdde0; --card: #fff;
  --saturation: 62%; --lightness: 76%; --bar-text: #17181a; --match: #7c3aed; --accent: #1d5fd0; }
@media (prefers-color-scheme: dark) {
  :root { --back: #131417; --text: #e6e7ea; --soft: #9a9da6; --line: #30323a; --card: #1b1d22; --saturation: 34%;
    --lightness: 34%; --bar-text: #f2f3f5; --match: #c4a1ff; --accent: #8ab4ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1200px; margin: 0 auto; padding: 20px 16px 60px; }
h1 { font-size: 22px; line-height: 1.3; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 0 0 8px; }
p { margin: 4px 0; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px; margin-top: 16px; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; margin: 14px 0 0; }
.facts div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 8px 12px; }
.facts dt { color: var(--soft); font-size: 13px; }
.facts dd { margin: 0; font-size: 17px; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.tools { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; margin-bottom: 10px; }
.tools h2 { margin: 0; flex: 1 1 auto; }
input, button { font: inherit; color: inherit; background: var(--back); border: 1px solid var(--line); border-radius: 8px;
  padding: 6px 10px; min-height: 36px; }
input { flex: 0 1 260px; min-width: 0; }
button { cursor: pointer; color: var(--accent); }
[hidden] { display: none !important; }
.scroll { max-height: 70vh; overflow: auto; }
#flame { position: relative; min-height: 22px; }
.bar { position: absolute; height: 21px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis;
  font: 12px/21px ui-monospace, monospace; border-radius: 3px; cursor: pointer; color: var(--bar-text);
  background: hsl(var(--hue) var(--saturation) var(--lightness)); box-shadow: inset -1px 0 var(--card); }
.bar.named { padding: 0 4px; }
.bar:hover, .bar:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
.bar.match { outline: 2px solid var(--match); outline-offset: -2px; font-weight: 700; }
.bar.zoomed { box-shadow: inset 0 -3px var(--accent); }
#details { min-height: 3em; margin-top: 8px; font-size: 14px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: right; font-weight: 600; color: var(--soft); white-space: nowrap; }
th:first-child { text-align: left; }
th, td { padding: 4px 8px; border-bottom: 1px solid var(--line); }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.name { font-family: ui-monospace, monospace; font-size: 13px; overflow-wrap: anywhere; min-width: 140px; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); gap: 0 16px; align-items: start; }
pre { margin: 0; max-height: 40vh; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13px/1.45 ui-monospace, monospace; }
`;
