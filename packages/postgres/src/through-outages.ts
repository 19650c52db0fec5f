import { DoubloonError } from '@doubloon/errors';
import { isDatabaseOutage } from './outage.ts';

/**
 * The method of a service, answering outages of its own database as SERVICE_UNAVAILABLE: a caller waits for these to pass, while
 * INTERNAL uses up what attempts it has.
 */
export const throughOutages = (service: string) => <Q extends readonly unknown[], A>(method: (...call: Q) => Promise<A>) => async (...call: Q): Promise<A> => {
  try {
    return await method(...call);
  } catch (error) {
    throw isDatabaseOutage(error) ? new DoubloonError('SERVICE_UNAVAILABLE', { service }, { cause: error }) : error;
  }
};
