import { DoubloonError } from '@doubloon/errors';
import { isDatabaseOutage } from '@doubloon/postgres';

/**
 * The method, answering outages of our own database as SERVICE_UNAVAILABLE: a caller waits for these to pass, while
 * INTERNAL uses up what attempts it has.
 */
export const throughOutages = <Q, A>(method: (request: Q) => Promise<A>) => async (request: Q): Promise<A> => {
  try {
    return await method(request);
  } catch (error) {
    throw isDatabaseOutage(error) ? new DoubloonError('SERVICE_UNAVAILABLE', { service: 'treasury' }, { cause: error }) : error;
  }
};
