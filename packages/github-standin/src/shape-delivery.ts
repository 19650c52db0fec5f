import type { Finished } from './deliveries.ts';
import { timestamp } from './world.ts';

/** A delivery as the log lists it. */
export function deliveryItem({ id, guid, event, action, installationId, repositoryId, redelivery, outcome }: Finished) {
  return {
    id, guid, delivered_at: timestamp(outcome.deliveredAt), redelivery, duration: outcome.seconds, status: outcome.status, status_code: outcome.statusCode,
    event, action, installation_id: installationId, repository_id: repositoryId, throttled_at: null,
  };
}

/** A delivery with what was sent and what came back. The payload is an object: the bytes that were signed are not in the log. */
export function deliveryShape(delivery: Finished) {
  const { url, request, outcome } = delivery;
  return {
    ...deliveryItem(delivery), ...(url === undefined ? {} : { url }),
    request: { headers: request.headers, payload: JSON.parse(request.payload) as object },
    response: outcome.response,
  };
}
