import type { Act, History } from '../../operation.ts';
import { expected } from '../../model/expected.ts';
import { moneyOf } from '../../model/money.ts';

/** How a history is acted out when nothing breaks and everybody is answered. */
export function actedOut(history: History): Act[] {
  const acts: Act[] = [];
  const comments = new Map<number, string>();
  for (const [of, operation] of history.operations.entries()) {
    const signed = (more: object) => ({ of, outcome: 'done' as const, signed: [{ signature: `signature-${String(of)}`, hasLanded: true, ...more }] });
    switch (operation.kind) {
      case 'say': case 'attempt': case 'award': case 'veto': case 'cancel': case 'edit': case 'remove': {
        const comment = 'of' in operation ? (comments.get(operation.of) ?? '') : String(5_000 + of);
        comments.set(of, comment);
        acts.push({ of, outcome: 'done', comment });
        break;
      }
      case 'fund': acts.push(signed({ deposit: `deposit-${String(of)}`, offer: `offer-${String(of)}` })); break;
      case 'link': acts.push(signed({})); break;
      case 'sign-award': case 'sign-veto': {
        const amounts = new Map(expected(history, acts).texts.flatMap(({ readings: [first] }) => [...(first?.funded ?? [])]));
        const before = { ...history, operations: history.operations.slice(0, of) };
        const one = moneyOf(before, acts, amounts, { until: operation.round }).deposits.find(({ at }) => at === operation.of);
        const may = operation.kind === 'sign-award' ? one?.state === 'held' && !one.isVetoed : one?.state === 'awarded' && one.award?.round === operation.round;
        acts.push(may ? signed({ deposit: one?.address }) : { of, outcome: 'refused', code: 'NOTHING_TO_DECIDE', signed: [] });
        break;
      }
      case 'pull': acts.push({ of, outcome: 'done', pull: { number: 100 + of, id: String(9_000 + of) } }); break;
      case 'pay': case 'refund': acts.push({ of, outcome: 'refused', code: 'FAILED_ON_CHAIN' }); break;
      default: acts.push({ of, outcome: 'done' });
    }
  }
  return acts;
}
