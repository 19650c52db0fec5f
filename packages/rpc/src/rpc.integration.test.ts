import { expect, onTestFinished, test } from 'vitest';
import { createLogger } from '@doubloon/service';
import { createIdentityClient, createRpcServer, IdentityService, newServiceToken, parseCallers, route, unimplemented } from './index.ts';

test('an identity method answers UNIMPLEMENTED over real HTTP', async () => {
  const { token, hash } = newServiceToken();
  const server = createRpcServer({ routes: [route(IdentityService, { methods: unimplemented(IdentityService), callers: { getIdentity: ['web'], authorize: ['treasury'] } })], tokens: parseCallers(JSON.stringify({ web: hash })), log: createLogger({ name: 'test', level: 'silent' }) });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  const client = createIdentityClient({ url, token, caller: 'web' });
  await expect(client.getIdentity({ githubId: '1' })).rejects.toMatchObject({ code: 'UNIMPLEMENTED', facts: { method: 'doubloon.identity.v1.IdentityService/GetIdentity' } });
  await expect(client.authorize({})).rejects.toMatchObject({ code: 'FORBIDDEN', facts: { caller: 'web' } });
});
