import type { AwardProblem, Meaning, Share } from './finding.ts';

const mostPeople = 8;
const whole = 10_000;

const person = /@([A-Za-z0-9][A-Za-z0-9_-]{0,38})(?:\p{White_Space}+([0-9]+(?:\.[0-9]+)?)%)?/uy;
const separator = /\p{White_Space}*,\p{White_Space}*(?:and\p{White_Space}+)?|\p{White_Space}+and\p{White_Space}+|\p{White_Space}+/uy;
const pullRequest = /^#([1-9][0-9]{0,9})$/;

interface Named {
  readonly login: string;
  readonly percent: string | undefined;
}

/** `undefined` when the text is anything but people with separators between them. */
function readPeople(text: string): Named[] | undefined {
  const people: Named[] = [];
  for (let at = 0; ; at = separator.lastIndex) {
    person.lastIndex = at;
    const [, login, percent] = person.exec(text) ?? [];
    if (login === undefined) return undefined;
    people.push({ login, percent });
    if (person.lastIndex === text.length) return people;
    separator.lastIndex = person.lastIndex;
    if (!separator.test(text)) return undefined;
  }
}

/** Basis points of a percentage; `undefined` for zero, more than 100, or more than two decimals. */
function basisPoints(percent: string): number | undefined {
  const [units = '', fraction = ''] = percent.replace(/^0+(?=[0-9])/, '').split('.');
  if (units.length > 3 || fraction.length > 2) return undefined;
  const bps = Number(units) * 100 + Number(fraction.padEnd(2, '0'));
  return bps > 0 && bps <= whole ? bps : undefined;
}

/** Everybody the same, and the first named takes what rounding left. */
function equalShares(people: readonly Named[]): Share[] {
  const each = Math.floor(whole / people.length);
  return people.map(({ login }, index) => ({ login, bps: index === 0 ? whole - each * (people.length - 1) : each }));
}

function statedShares(people: readonly Named[]): Share[] | undefined {
  const shares: Share[] = [];
  for (const { login, percent } of people) {
    const bps = percent === undefined ? undefined : basisPoints(percent);
    if (bps === undefined) return undefined;
    shares.push({ login, bps });
  }
  return shares.reduce((sum, { bps }) => sum + bps, 0) === whole ? shares : undefined;
}

const refuse = (reason: AwardProblem): Meaning => ({ kind: 'rejected', command: 'award', reason });

/** What stands after `/award `, trimmed. Every such line means something: an award, or why it can't stand. */
export function readAward(text: string): Meaning {
  const number = Number(pullRequest.exec(text)?.[1] ?? 0);
  if (number > 0 && number < 2 ** 31) return { kind: 'award', pullRequest: number };
  const people = readPeople(text);
  if (people === undefined) return refuse('malformed');
  const shares = people.every(({ percent }) => percent === undefined) ? equalShares(people) : statedShares(people);
  if (shares === undefined) return refuse('shares');
  if (new Set(people.map(({ login }) => login.toLowerCase())).size < people.length) return refuse('duplicate');
  if (people.length > mostPeople) return refuse('too-many');
  return { kind: 'award', shares };
}
