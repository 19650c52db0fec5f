import { identity } from '@doubloon/rpc';
import type { Came, DeedOf, Doing } from './doing.ts';
import { insist } from './insist.ts';
import type { Place, Player } from './place.ts';
import { signUntilItLands } from './signing.ts';

/** Signs in through GitHub and links the wallet, as the website does it. */
export async function link({ place, deed: { by }, end }: Doing<DeedOf<'link'>>): Promise<Came> {
  const player = place.people[by];
  const { identity: service } = place.stage.stack;
  const session = await insist(end, () => signIn(place, player));
  const step = identity.LinkStep.LINK;
  return signUntilItLands(place, end, {
    by,
    async build() {
      const built = await service.buildLink({ step, session, wallet: player.wallet.address, address: player.address });
      return { transaction: built.transaction, lastValidBlockHeight: BigInt(built.lastValidBlockHeight) };
    },
    handIn: (transaction) => service.submitLink({ step, session, transaction, address: player.address }),
  });
}

/** From the beginning each time: GitHub's code works once, whoever dies meanwhile. */
async function signIn({ stage: { stack: { identity: service, github } } }: Place, { login, address }: Player): Promise<string> {
  const begun = await service.beginSession({ returnTo: '/link', address });
  const back = new URL(github.authorize({ user: login, url: begun.authorizeUrl })).searchParams;
  const said = (name: string) => back.get(name) ?? '';
  const { session } = await service.completeOAuth({ session: begun.session, code: said('code'), state: said('state'), error: said('error'), address }).catch((error: unknown) => {
    // Whether the code was used up before the answer was lost, nobody knows: one signs in again.
    const { code } = error as { code?: string };
    throw code === 'SIGN_IN_REFUSED' || code === 'SESSION_ABSENT' ? new TypeError('the sign-in came to nothing', { cause: error }) : error;
  });
  return session;
}
