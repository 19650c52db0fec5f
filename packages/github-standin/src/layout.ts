import { html, type Html } from './html.ts';
import { peopleOf, type Account, type World } from './world.ts';

export interface Frame {
  readonly world: World;
  readonly me: Account;
  /** The path and query to come back to after switching who one is. */
  readonly here: string;
}

/** A whole page: who am I above, the content, and what this is below. */
export function layout({ world, me, here }: Frame, title: string, content: Html, live = false): string {
  const people = peopleOf(world);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · GitHub stand-in</title>
<link rel="stylesheet" href="/-/style.css">
<link rel="icon" href="data:,">
${live ? html`<script type="module" src="/-/live.js"></script>` : undefined}
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header>
<a href="/"><strong>GitHub stand-in</strong></a>
<form method="post" action="/-/user">
<label for="user">Who am I</label>
<select id="user" name="user">${people.map((it) => html`<option value="${it.login}"${it === me ? html` selected` : undefined}>${it.login}</option>`)}</select>
<input type="hidden" name="here" value="${here}">
<button>Switch user</button>
</form>
</header>
<main id="content" tabindex="-1">
${content}
</main>
<footer>A GitHub to develop against. Nothing here leaves this machine.</footer>
</body>
</html>
`.text;
}
