import { formatAmount, mayHaveCommands, parseAmount, parseCommands } from '@doubloon/domain';
import { readRules } from '@doubloon/domain/rules';
import { hold, textOf, type Target } from '../target.ts';

const denoms = new Map([['usdc', 6], ['sol', 9]]);

const commands: Target = {
  name: 'comment',
  words: ['$usdc:5$', '$sol:0.25$', '/award @ada, @linus', '/award @a 33.34% @b 66.66%', '/award #12', '/veto', '/cancel', '/attempt', '/bounty help', '\n\n', '> ', '- ', '```\n', '`', '<details>', '<!--', '-->', '[a](', '|a|\n|-|\n', 'On Mon, Ada wrote:\n', '$$', '~~~', 'http://x.y/', '    '],
  samples: () => ['$usdc:5$ for this', 'Thanks!\n\n/award @ada 60% @linus 40%\n', '/award #12', '/veto\n/bounty', '- $sol:1.5$\n- `$sol:2$`\n\n> $sol:3$\n', '<details>\n\n$usdc:1$\n\n</details>'],
  // In the App it is given up after a quarter of a second, in a thread of its own.
  mostMs: 1_500,
  run(bytes) {
    const text = textOf(bytes);
    const findings = parseCommands(text, denoms);
    hold(findings.length === 0 || mayHaveCommands(text, denoms), 'it finds commands where there may be none');
    let last = 0;
    for (const [at, finding] of findings.entries()) {
      hold(finding.ordinal === at && finding.start >= last && finding.end > finding.start && finding.end <= text.length, 'a finding does not stand where it says');
      last = finding.end;
      if (finding.kind === 'offer') {
        const decimals = denoms.get(finding.denom);
        hold(decimals !== undefined && BigInt(finding.amount) > 0n && BigInt(finding.amount) < 2n ** 64n, 'an offer of no amount');
        hold(formatAmount(BigInt(finding.amount), decimals) === finding.text, 'an amount and its text differ');
        const again = parseAmount(finding.text, decimals);
        hold(again.ok && String(again.amount) === finding.amount, 'an amount is another one when it is read again');
        const [same] = parseCommands(`$${finding.denom}:${finding.text}$`, denoms);
        hold(same?.kind === 'offer' && same.amount === finding.amount, 'what an offer says is another offer');
      }
      if (finding.kind === 'award' && 'shares' in finding) {
        hold(finding.shares.reduce((sum, { bps }) => sum + bps, 0) === 10_000 && finding.shares.every(({ bps }) => bps > 0), 'shares do not add up');
        hold(finding.shares.length <= 8 && new Set(finding.shares.map(({ login }) => login.toLowerCase())).size === finding.shares.length, 'an award names too many, or somebody twice');
      }
      if (finding.kind === 'award' && 'pullRequest' in finding) hold(finding.pullRequest > 0 && finding.pullRequest < 2 ** 31, 'no number of a pull request');
    }
    hold(JSON.stringify(JSON.parse(JSON.stringify(findings))) === JSON.stringify(findings), 'findings are not JSON as they stand');
    return findings.map((finding) => `${finding.kind}${'reason' in finding ? ` ${finding.reason}` : ''}`).slice(0, 3).join();
  },
};

const rules: Target = {
  name: 'rules-file',
  words: ['denoms:', ' [sol, usdc]', 'limits:\n  sol: { minimum: 0.5 }\n', 'may-award: [maintain, 7]\n', 'deadline: 90d\n', 'auto-award-after: 3d\n', 'approver: ', 'labels: false\n', '&a ', '*a', '!!js/function ', '<<: *a\n', '? ', '---\n', '%YAML 1.1\n', '\t', '|\n', '>-\n', '# ', '"\\x00"'],
  samples: () => ['denoms: [sol]\nlimits:\n  sol: { minimum: 0.5, maximum: 10 }\nmay-offer: collaborators\nmay-award: [admin, 7]\ndeadline: 30d\nself-award: never\n', 'silent: true\nshadow: false\nlabels: false\nauto-award-after: 7d\n', '# nothing\n', 'approver: 11111111111111111111111111111112\n'],
  run(bytes) {
    const read = readRules(textOf(bytes), denoms);
    if (!read.ok) {
      hold(read.problems.length > 0 && read.problems.length <= 21 && read.problems.every((one) => one.endsWith('.') && !/[\n\r\0]/.test(one)), 'a problem is no sentence on one line');
      return `problem ${(read.problems[0] ?? '').replaceAll(/\d+|`[^`]*`/g, '#').slice(0, 60)}`;
    }
    const { deadlineSeconds, autoAwardAfterSeconds, limits, denoms: named } = read.rules;
    hold(deadlineSeconds >= 86_400 && deadlineSeconds <= 365 * 86_400, 'a deadline that the program refuses');
    hold(autoAwardAfterSeconds === 0 || autoAwardAfterSeconds >= 3 * 86_400, 'an award by itself that nobody has time to veto');
    hold([...named, ...limits.keys()].every((one) => denoms.has(one)), 'a rule about a denom that is not there');
    for (const { minimum, maximum } of limits.values()) hold((minimum ?? 0n) >= 0n && (maximum === undefined || minimum === undefined || minimum <= maximum), 'limits that nothing can meet');
    return `rules ${String(limits.size)} ${read.rules.mayOffer} ${read.rules.selfAward}`;
  },
};

export const comments: readonly Target[] = [commands, rules];
