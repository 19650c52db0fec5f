import type { BountyView } from './board-view.ts';
import { moneyText, standingText } from './words.ts';
import { isolated, xmlText } from './xml.ts';

/** What a feed is made of. */
export interface Feed {
  /** Origin of the pages. */
  readonly origin: string;
  /** The question part of its address, `?` included; empty for the whole board. */
  readonly query: string;
  readonly cluster: string;
  /** The one that changed last first. */
  readonly bounties: readonly BountyView[];
}

const title = 'Bounties on Doubloon';
const subtitle = ({ cluster }: Feed): string => `Money on issues of GitHub, held in escrow on ${cluster}${cluster === 'mainnet-beta' ? '' : ', where nothing has any value'}.`;
const never = new Date(0).toISOString();

/** When something in it changed last, RFC 3339. */
export const updatedAt = ({ bounties }: Feed): string => bounties[0]?.changedAt ?? never;

// RFC 4151: whose name it was in that year; neither title, nor state, nor the name of a repository is part of it.
const idOf = ({ origin }: Feed, specific: string): string => `tag:${new URL(origin).hostname},2026:${specific}`;
const headline = ({ money, issue }: BountyView): string => `${moneyText(money)} for ${isolated(issue.title)} (${issue.repository}#${String(issue.number)})`;
const summary = (bounty: BountyView): string =>
  `${standingText(bounty)}: ${moneyText(bounty.money)}.${bounty.deadline === '' ? '' : ` Until ${bounty.deadline.slice(0, 10)}.`}`;
const categories = ({ issue }: BountyView): string[] => [...(issue.language === '' ? [] : [issue.language]), ...issue.labels];

/** The board as an Atom feed, RFC 4287. */
export function atom(feed: Feed): string {
  const { origin, query, bounties } = feed;
  const entry = (bounty: BountyView): string => `
  <entry>
    <id>${xmlText(idOf(feed, `bounties/${bounty.id}`))}</id>
    <title>${xmlText(headline(bounty))}</title>
    <updated>${xmlText(bounty.changedAt)}</updated>
    <author><name>${xmlText(bounty.issue.repository)}</name></author>
    <link rel="alternate" type="text/html" href="${xmlText(`${origin}/bounties/${bounty.id}`)}"/>
    <link rel="related" href="${xmlText(bounty.issue.url)}"/>${categories(bounty).map((one) => `\n    <category term="${xmlText(one)}"/>`).join('')}
    <summary>${xmlText(summary(bounty))}</summary>
  </entry>`;
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
  <id>${xmlText(idOf(feed, `bounties${query}`))}</id>
  <title>${title}</title>
  <subtitle>${xmlText(subtitle(feed))}</subtitle>
  <updated>${xmlText(updatedAt(feed))}</updated>
  <link rel="self" type="application/atom+xml" href="${xmlText(`${origin}/bounties.atom${query}`)}"/>
  <link rel="alternate" type="text/html" href="${xmlText(`${origin}/bounties${query}`)}"/>${bounties.map(entry).join('')}
</feed>
`;
}

/** The same as RSS 2.0. */
export function rss(feed: Feed): string {
  const { origin, query, bounties } = feed;
  const item = (bounty: BountyView): string => `
    <item>
      <title>${xmlText(headline(bounty))}</title>
      <link>${xmlText(`${origin}/bounties/${bounty.id}`)}</link>
      <guid isPermaLink="false">${xmlText(idOf(feed, `bounties/${bounty.id}`))}</guid>
      <pubDate>${new Date(bounty.changedAt).toUTCString()}</pubDate>${categories(bounty).map((one) => `\n      <category>${xmlText(one)}</category>`).join('')}
      <description>${xmlText(summary(bounty))}</description>
    </item>`;
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">
  <channel>
    <title>${title}</title>
    <link>${xmlText(`${origin}/bounties${query}`)}</link>
    <description>${xmlText(subtitle(feed))}</description>
    <language>en</language>
    <lastBuildDate>${new Date(updatedAt(feed)).toUTCString()}</lastBuildDate>
    <atom:link rel="self" type="application/rss+xml" href="${xmlText(`${origin}/bounties.rss${query}`)}"/>${bounties.map(item).join('')}
  </channel>
</rss>
`;
}
