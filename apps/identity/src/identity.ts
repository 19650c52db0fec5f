import { IdentityService, route, unimplemented, type Route } from '@doubloon/rpc';

/** The service as others call it. A method that is not written yet answers UNIMPLEMENTED. */
export const identity = (): Route =>
  route(IdentityService, {
    methods: unimplemented(IdentityService),
    callers: {
      beginSession: ['web'],
      completeOAuth: ['web'],
      getSession: ['web'],
      endSession: ['web'],
      getIdentity: ['github-app', 'treasury', 'web'],
      buildLink: ['web'],
      submitLink: ['web'],
      authorize: ['github-app', 'treasury'],
      getRules: ['github-app', 'treasury', 'web'],
    },
  });
