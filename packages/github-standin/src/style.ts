/** The style of the pages, light and dark by what the reader's system prefers. Contrast is at least 4.5:1 for text, 3:1 for edges of controls. */
export const style = `
:root { color-scheme: light dark; --back: #ffffff; --soft: #f2f4f7; --text: #1b1f24; --quiet: #545d68; --edge: #d0d7de; --control: #767f8a; --link: #0550ae; --go: #116329; --go-text: #ffffff; --bad: #a40e26; --open: #116329; --closed: #6639ba; }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --soft: #171d26; --text: #e6edf3; --quiet: #a3adb8; --edge: #30363d; --control: #818b96; --link: #79b8ff; --go: #3fb950; --go-text: #04110a; --bad: #ff938a; --open: #56d364; --closed: #d2a8ff; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: var(--back); color: var(--text); overflow-wrap: anywhere; }
header, main, footer { max-width: 56rem; margin: 0 auto; padding: .75rem 1rem; }
header { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; justify-content: space-between; border-bottom: 1px solid var(--edge); }
header form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
footer { border-top: 1px solid var(--edge); color: var(--quiet); font-size: .875rem; margin-top: 2rem; }
a { color: var(--link); text-underline-offset: .15em; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .75rem 0; }
h2 { font-size: 1.125rem; margin: 1.5rem 0 .5rem; } .body :is(h3, h4, h5, h6) { margin: 1rem 0 .5rem; line-height: 1.25; } .body h3 { font-size: 1.25rem; } .body h4 { font-size: 1.125rem; } .body :is(h5, h6) { font-size: 1rem; }
.quiet, time { color: var(--quiet); }
.skip { position: absolute; left: -100rem; } .skip:focus { left: 1rem; top: .5rem; background: var(--back); padding: .5rem; z-index: 1; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
button, select, input, textarea { font: inherit; color: inherit; background: var(--back); border: 1px solid var(--control); border-radius: .375rem; padding: .375rem .75rem; min-height: 2.25rem; max-width: 100%; }
textarea, input[type=text] { width: 100%; display: block; } textarea { min-height: 8rem; resize: vertical; }
input[type=checkbox] { min-height: auto; vertical-align: middle; } fieldset { border: 1px solid var(--edge); border-radius: .375rem; }
button { cursor: pointer; background: var(--soft); } button.go { background: var(--go); color: var(--go-text); border-color: var(--go); font-weight: 600; }
label { font-weight: 600; } .actions { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .75rem; align-items: center; }
.card { border: 1px solid var(--edge); border-radius: .5rem; margin: 1rem 0; }
.card > .head { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; background: var(--soft); border-bottom: 1px solid var(--edge); border-radius: .5rem .5rem 0 0; padding: .5rem .75rem; }
.card > .head .actions { margin: 0 0 0 auto; } .card > .body { padding: .25rem .75rem; }
.card:target { border-color: var(--link); box-shadow: 0 0 0 2px var(--link); }
.badge, .state { border: 1px solid currentColor; border-radius: 1rem; padding: 0 .5rem; font-size: .8125rem; } .state { font-weight: 600; } .state.open { color: var(--open); } .state.closed { color: var(--closed); }
.avatar { width: 1.5rem; height: 1.5rem; border-radius: 50%; vertical-align: middle; }
.body pre, .wide { overflow-x: auto; } .body pre { background: var(--soft); padding: .75rem; border-radius: .375rem; }
.body code { font: .875em/1.45 ui-monospace, monospace; background: var(--soft); } .body table { border-collapse: collapse; } .body th, .body td { border: 1px solid var(--edge); padding: .25rem .5rem; overflow-wrap: normal; }
.body blockquote { margin-inline: 0; padding-inline-start: .75rem; border-inline-start: 4px solid var(--edge); color: var(--quiet); }
.problem { color: var(--bad); font-weight: 600; }
ul.plain { list-style: none; padding: 0; } ul.plain > li { border-bottom: 1px solid var(--edge); padding: .5rem 0; }
`;

/**
 * Brings new and changed comments into the page without a reload: the conversation holds no field, so nothing that is
 * being typed is lost. Without JavaScript the page has its "Refresh" link.
 */
export const liveScript = `
const list = document.getElementById('conversation');
const said = document.getElementById('live');
let etag;
async function look() {
  if (document.hidden || list.contains(document.activeElement)) return;
  const answer = await fetch(location.pathname, { headers: etag ? { 'if-none-match': etag } : {}, cache: 'no-store' });
  if (answer.status !== 200) return;
  etag = answer.headers.get('etag');
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('conversation');
  if (fresh === null || fresh.innerHTML === list.innerHTML) return;
  list.replaceChildren(...fresh.childNodes);
  said.textContent = 'The conversation was updated.';
}
setInterval(() => look().catch(() => undefined), 1500);
`;
