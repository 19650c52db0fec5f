import { IdentityService, route, unimplemented, type Route } from '@doubloon/rpc';

/** The service as others call it. Its methods come with the linking of wallets; until then each answers UNIMPLEMENTED. */
export const identity = (): Route =>
  route(IdentityService, {
    methods: unimplemented(IdentityService),
    callers: {
      getIdentity: ['github-app', 'treasury', 'web'],
      authorize: ['treasury'],
    },
  });
