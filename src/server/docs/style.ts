/** The style of the pages. Colours follow the reader's system; every pair of text and ground has a contrast of 4.5 or more. */
export const style = `:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f6f7f9; --line: #dfe3e8; --text: #1a2027; --soft: #57616d;
  --accent: #0b5cad; --code: #f2f4f7; --key: #0b5cad; --string: #1b6b3a; --word: #8a3b12;
  --get: #1b6b3a; --post: #0b5cad; --put: #8a4b0a; --tool: #6a3aa6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161b; --raised: #1a2027; --line: #303842; --text: #e6eaef; --soft: #a3adb9;
    --accent: #7cb7f5; --code: #1c232b; --key: #8ec2f7; --string: #8fd3a6; --word: #f0b48a;
    --get: #8fd3a6; --post: #8ec2f7; --put: #f0b979; --tool: #c7a6f5;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 4.5rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
code { font-size: .875em; background: var(--code); padding: .1em .35em; border-radius: 4px; overflow-wrap: anywhere; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 8px; padding: .875rem 1rem; overflow-x: auto; font-size: .8125rem; line-height: 1.55; margin: .5rem 0 1rem; }
pre code { background: none; padding: 0; font-size: inherit; overflow-wrap: normal; }
.samples pre, .answer { white-space: pre-wrap; }
.samples pre { font-size: .78rem; padding: .75rem .85rem; }
.samples pre code, .answer code { overflow-wrap: anywhere; }
.answer { background: none; border-style: dashed; margin-top: -.5rem; color: var(--soft); }
.k { color: var(--key); } .s { color: var(--string); } .w { color: var(--word); }
header { position: sticky; top: 0; z-index: 1; display: flex; gap: 1.5rem; align-items: center; height: 3.5rem; padding: 0 1.5rem; background: var(--ground); border-bottom: 1px solid var(--line); }
header .mark { font-weight: 700; color: var(--text); letter-spacing: -.01em; }
header nav { display: flex; gap: 1.25rem; flex: 1; }
header nav a { color: var(--soft); padding: .9rem 0; border-bottom: 2px solid transparent; white-space: nowrap; }
header nav a[aria-current] { color: var(--text); border-color: var(--accent); }
header nav a:hover { color: var(--text); text-decoration: none; }
.file { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .8125rem; }
.columns { display: grid; grid-template-columns: 16rem minmax(0, 1fr); max-width: 90rem; margin: 0 auto; }
.side { position: sticky; top: 3.5rem; align-self: start; height: calc(100vh - 3.5rem); overflow-y: auto; padding: 1.5rem 1rem 2rem 1.5rem; border-right: 1px solid var(--line); font-size: .875rem; }
.side h2 { font-size: .75rem; font-weight: 600; color: var(--soft); margin: 1.25rem 0 .35rem .5rem; }
.side h2:first-child { margin-top: 0; }
.side ul { list-style: none; margin: 0; padding: 0; }
.side li a { display: flex; gap: .5rem; align-items: center; padding: .3rem .5rem; border-radius: 6px; color: var(--text); overflow-wrap: anywhere; }
.side li a:hover { background: var(--raised); text-decoration: none; }
.side .method { min-width: 2.75rem; }
main { padding: 2rem 3rem 6rem; min-width: 0; }
h1 { font-size: 2rem; line-height: 1.2; letter-spacing: -.02em; margin: 0 0 1rem; }
main h2 { font-size: 1.35rem; letter-spacing: -.01em; margin: 3rem 0 1rem; }
h3 { font-size: 1.1rem; margin: 0 0 .35rem; }
h3 a { color: inherit; }
h4 { font-size: .8125rem; font-weight: 600; color: var(--soft); margin: 1.25rem 0 .35rem; }
main p { max-width: 44rem; margin: 0 0 .85rem; }
.lead { font-size: 1.125rem; color: var(--soft); }
.method { display: inline-block; font: 700 .6875rem/1.4 ui-monospace, Menlo, Consolas, monospace; color: var(--m); }
.get { --m: var(--get); } .post { --m: var(--post); } .put { --m: var(--put); } .tool { --m: var(--tool); }
.address { display: flex; gap: .6rem; align-items: baseline; max-width: none; }
.address .method { border: 1px solid var(--m); border-radius: 4px; padding: .1rem .4rem; }
.address code { background: none; padding: 0; }
.endpoint { border-top: 1px solid var(--line); padding: 1.75rem 0 1.25rem; }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.1fr); gap: 2.25rem; align-items: start; }
.samples { position: sticky; top: 4.5rem; }
.samples h4:first-child, .words > h4:first-child { margin-top: 0; }
.status { color: var(--get); font-family: ui-monospace, Menlo, Consolas, monospace; }
.fields { list-style: none; margin: 0; padding: 0; font-size: .9rem; }
.fields .fields { margin: .5rem 0 0 .25rem; padding-left: 1rem; border-left: 2px solid var(--line); }
.fields > li { padding: .55rem 0; border-top: 1px solid var(--line); }
.fields > li:first-child { border-top: 0; }
.field { display: flex; flex-wrap: wrap; gap: .15rem .6rem; align-items: baseline; }
.name { background: none; padding: 0; font-weight: 600; }
.required { font-size: .75rem; font-weight: 600; color: var(--word); }
.type { color: var(--soft); font-size: .8125rem; }
.pattern { font-size: .75rem; color: var(--soft); }
.says { color: var(--text); max-width: 40rem; }
.choices { margin-top: .2rem; font-size: .9rem; }
details { margin: .5rem 0; }
summary { cursor: pointer; color: var(--accent); font-size: .875rem; }
.refusals { border-collapse: collapse; font-size: .875rem; width: 100%; margin-top: .5rem; }
.refusals th, .refusals td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-top: 1px solid var(--line); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; max-width: 50rem; margin: 1.5rem 0 1rem; }
.card { display: block; padding: 1rem 1.15rem; border: 1px solid var(--line); border-radius: 10px; background: var(--raised); color: var(--text); }
.card:hover { border-color: var(--accent); text-decoration: none; }
.card span { display: block; color: var(--soft); font-size: .9rem; }
.steps { list-style: none; counter-reset: step; margin: 0; padding: 0; max-width: 50rem; }
.steps > li { counter-increment: step; position: relative; padding-left: 3rem; }
.steps > li::before { content: counter(step); position: absolute; left: 0; top: .1rem; width: 2rem; height: 2rem; border-radius: 50%; border: 1px solid var(--line); background: var(--raised); text-align: center; line-height: 1.9rem; font-weight: 600; font-size: .875rem; }
.steps h2 { margin: 2rem 0 .35rem; }
@media (max-width: 75rem) { .pair { grid-template-columns: minmax(0, 1fr); gap: .5rem; } .samples { position: static; } }
@media (max-width: 50rem) {
  .columns { grid-template-columns: minmax(0, 1fr); }
  .side { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); padding: 1rem; }
  main { padding: 1.5rem 1rem 4rem; }
  pre { white-space: pre-wrap; }
  pre code { overflow-wrap: anywhere; }
  .side h2 { margin-top: 0; }
  .side ul { margin-bottom: .75rem; break-inside: avoid; }
  .side { columns: 2; column-gap: 1rem; }
  .side h2 { break-after: avoid; }
  .side .method { min-width: 2.25rem; }
  .side li a { padding: .3rem .25rem; }
  .side h2 { margin-left: .25rem; }
  header { gap: 1rem; padding: 0 1rem; overflow-x: auto; }
  header .file { display: none; }
}
@media print { header, .side { display: none; } .columns, .pair { display: block; } }
`;
