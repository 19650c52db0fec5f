import { error } from '@sveltejs/kit';
import { answer } from '../../answer.ts';
import { readWallet } from '../../request.ts';
import type { RequestHandler } from './$types';

const given = { lamports: '10000000000', usdc: '1000000000' };

/** Ten local SOL and a thousand local USDC for the burner wallet; absent where no faucet is configured. */
export const POST: RequestHandler = ({ request, locals: { app } }) => {
  const { faucetUrl } = app.config;
  if (faucetUrl === undefined) error(404, { message: 'There is no faucet here.', code: 'PAGE_ABSENT' });
  return answer(app.log, async () => {
    const address = await readWallet(request);
    const reply = await fetch(faucetUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ address, ...given }),
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    if (!reply.ok) throw new Error(`the faucet answered ${reply.status}`);
    return given;
  });
};
