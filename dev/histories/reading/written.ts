import type { Stack } from '../../stack/stack.ts';

type Deliveries = Stack['github']['deliveries'];

interface Told {
  readonly issue: { readonly id: number };
  readonly comment: { readonly id: number };
  readonly sender: { readonly type: string };
}

/** How many comments the App ever wrote on each issue, by its id: what GitHub told of, read once however often it is asked. */
export class Written {
  readonly #byIssue = new Map<string, Set<number>>();
  readonly #read = new WeakSet<Deliveries[number]>();

  on(deliveries: Deliveries, issueId: string): ReadonlySet<number> {
    for (const delivery of deliveries) {
      if (delivery.event !== 'issue_comment' || delivery.action !== 'created' || this.#read.has(delivery)) continue;
      this.#read.add(delivery);
      const { issue, comment, sender } = JSON.parse(delivery.request.payload) as Told;
      if (sender.type !== 'Bot') continue;
      const key = String(issue.id);
      const known = this.#byIssue.get(key) ?? new Set();
      this.#byIssue.set(key, known.add(comment.id));
    }
    return this.#byIssue.get(issueId) ?? new Set();
  }
}
