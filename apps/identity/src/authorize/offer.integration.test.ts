import { expect, test } from 'vitest';
import { create, identity } from '@doubloon/rpc';
import { askedOf, openDeciding } from '../../testing/deciding.ts';
import { authorize } from './authorize.ts';

const money = { denom: 'usdc', amount: '5000000' };

test('anybody may offer money by default, and the answer says who did', async () => {
  const { decide, says, idOf, pool } = await openDeciding();
  const { place } = says('maggie', 'I would love this. $usdc:5$');
  const decided = await decide({ action: 'offer', money, ...place });
  expect(decided).toMatchObject({ allowed: true, reason: '', reasonCode: '', actor: { githubId: idOf('maggie'), login: 'maggie' } });
  const { rows: [row] } = await pool.query('select id::text, action, repository_id::text, issue_id::text, actor_id::text, allowed, reason_code from decision');
  expect(row).toEqual({ id: decided.decisionId, action: 'offer', repository_id: place.repositoryId, issue_id: place.issueId, actor_id: idOf('maggie'), allowed: true, reason_code: null });
});

test('the rules of the repository decide about offers: who, of which denom, how little and how much', async () => {
  const { decide, says, setRules } = await openDeciding();
  const maggie = says('maggie', '$usdc:5$').place;
  const ada = says('ada', '$usdc:5$').place;
  const codeOf = async (place: typeof ada) => (await decide({ action: 'offer', money, ...place })).reasonCode;
  setRules('may-offer: collaborators');
  expect([await codeOf(maggie), await codeOf(ada)]).toEqual(['NOT_A_COLLABORATOR', '']);
  setRules('denoms: [sol]');
  expect(await codeOf(ada)).toBe('DENOM_NOT_ALLOWED');
  setRules('limits: { usdc: { minimum: 5.000001 } }');
  expect(await codeOf(ada)).toBe('BELOW_MINIMUM');
  setRules('limits: { usdc: { maximum: 4.999999 } }');
  expect(await codeOf(ada)).toBe('ABOVE_MAXIMUM');
  setRules('shadow: true');
  expect(await codeOf(ada)).toBe('SHADOW_MODE');
  setRules('may-ofer: anyone');
  expect(await codeOf(ada)).toBe('RULES_INVALID');
  setRules(undefined);
  expect(await codeOf(maggie)).toBe('');
});

test('what did not change at GitHub costs nothing of its limit, and is asked for again each time all the same', async () => {
  const { decide, says, github } = await openDeciding();
  const { place } = says('ada', '$usdc:5$');
  await decide({ action: 'offer', money, ...place });
  const before = github.asked.length;
  await decide({ action: 'offer', money, ...place });
  const second = github.asked.slice(before).map(({ path, status }) => `${path.replace(/\d{6,}/, 'id')} ${String(status)}`);
  expect(second.toSorted()).toEqual([
    '/repos/analytical-engines/difference 304', '/repos/analytical-engines/difference/contents/.github/doubloon.yml 404',
    '/repos/analytical-engines/difference/issues/1 304', '/repos/analytical-engines/difference/issues/comments/id 304',
  ]);
  github.assertConforms();
  expect(askedOf(github).filter((it) => it.includes('access_tokens'))).toHaveLength(1);
});

test('each answer is counted by action and outcome, also one that could not be given, and a request that is none is not', async () => {
  const { context, github, says, setRules } = await openDeciding();
  const counted: string[] = [];
  const ask = (more: object) => authorize({ ...context, decided: (action, outcome) => { counted.push(`${action} ${outcome}`); } }, create(identity.AuthorizeRequestSchema, { action: 'offer', money, ...says('maggie', '$usdc:5$').place, ...more }));
  await ask({});
  setRules('may-offer: collaborators');
  await ask({});
  github.faults.api({ path: /\/contents\// }, { kind: 'unavailable' });
  await expect(ask({})).rejects.toMatchObject({ code: 'GITHUB_UNAVAILABLE' });
  await expect(ask({ action: 'steal' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  expect(counted).toEqual(['offer allowed', 'offer denied', 'offer failed']);
});
