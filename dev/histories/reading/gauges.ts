import type { AppName } from '../../stack/stack.ts';
import type { Stage } from '../play/stage.ts';

const apps: readonly AppName[] = ['treasury', 'identity', 'github-app', 'web'];
/** Gauges that say what is under way or wrong. */
const zeroAtRest = /^(doubloon_(?:deposits_(?:disputed|unverified)|identities_disputed|(?:inbox|outbox)_(?:age_seconds|dead|waiting)|link_age_seconds|links_open|submission_age_seconds|submissions|sweep_missed|web_streams_open|webhook_in_hand))(?:\{([^}]*)\})? (\S+)$/;

/** What the apps tell of themselves that has to be zero when nothing is under way, by app, name and labels. */
export async function gaugesOf({ stack }: Stage): Promise<Readonly<Record<string, number>>> {
  const all = await Promise.all(apps.map(async (app) => {
    const reply = await fetch(`${stack.app(app).internalUrl}/metrics`);
    if (!reply.ok) throw new Error(`${app} answered ${String(reply.status)} when it was asked for its metrics`);
    return (await reply.text()).split('\n').flatMap((line) => {
      const [, name, labels = '', value] = zeroAtRest.exec(line) ?? [];
      if (name === undefined) return [];
      const more = labels.split(',').filter((label) => label !== '' && !label.startsWith('app='));
      return [[`${app}: ${name}${more.length === 0 ? '' : `{${more.join()}}`}`, Number(value)] as const];
    });
  }));
  return Object.fromEntries(all.flat());
}
