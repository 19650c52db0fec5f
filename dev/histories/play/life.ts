import type { Came, DeedOf, Doing } from './doing.ts';

/** What the maintainer does with the issue. */
export function close({ place, deed }: Doing<DeedOf<'close'>>): Came {
  place.stage.stack.github.closeIssue(place.people.maintainer.login, place.repository.name, place.number, deed.as);
  return { outcome: 'done' };
}

export function reopen({ place }: Doing<DeedOf<'reopen'>>): Came {
  place.stage.stack.github.reopenIssue(place.people.maintainer.login, place.repository.name, place.number);
  return { outcome: 'done' };
}

export function retitle({ place, of }: Doing<DeedOf<'retitle'>>): Came {
  place.stage.stack.github.editIssue(place.people.maintainer.login, place.repository.name, place.number, { title: `History ${String(place.history.seed)}, told again (${String(of)})` });
  return { outcome: 'done' };
}

/** To a login that nobody had before. */
export function rename({ place, deed }: Doing<DeedOf<'rename'>>): Came {
  const player = place.people[deed.who];
  const login = `${deed.who}-${String(place.stage.next())}`;
  place.stage.stack.github.rename(player.login, login);
  player.login = login;
  return { outcome: 'done' };
}

/** For everybody who plays there. GitHub sends on from where it was. */
export function renameRepository({ place: { stage, repository } }: Doing<DeedOf<'rename-repository'>>): Came {
  const [owner = '', before = ''] = repository.name.split('/');
  const name = `${before.replace(/-\d+$/, '')}-${String(stage.next())}`;
  stage.stack.github.renameRepository(repository.name, name);
  repository.name = `${owner}/${name}`;
  return { outcome: 'done' };
}
