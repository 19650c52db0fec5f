import { DoubloonError } from '@doubloon/errors';
import { isDatabaseOutage } from './outage.ts';

/**
 * The method of a service, answering outages of its own database as SERVICE_UNAVAILABLE: a caller waits for these to pass, while
 * INTERNAL uses up what attempts it has.
 */
export const throughOutages = (service: string) => <Q, A>(method: (request: Q) => Promise<A>) => async (request: Q): Promise<A> => {
  try {
    return await method(request);
  } catch (error) {
    throw isDatabaseOutage(error) ? new DoubloonError('SERVICE_UNAVAILABLE', { service }, { cause: error }) : error;
  }
};
