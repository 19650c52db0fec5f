import type { Answer, Call } from './call.ts';
import type { Deliveries, Finished } from './deliveries.ts';
import { pageByCursor } from './page-by-cursor.ts';
import { notFound } from './refusal.ts';
import { deliveryItem, deliveryShape } from './shape-delivery.ts';

const deliveriesOf = (call: Call): Deliveries => call.deliveriesOf(call.needApp());

/** GitHub files every attempt by its status code: 200 to 399 is a success, 400 to 599 a failure. */
const isFiled = (status: string | undefined, { outcome: { statusCode } }: Finished): boolean =>
  status === undefined || (status === 'success' ? statusCode >= 200 && statusCode <= 399 : statusCode >= 400 && statusCode <= 599);

/** By the digits of the path: as a number the id would be another one. */
function deliveryOf(call: Call): Finished {
  const delivery = deliveriesOf(call).find(call.param('delivery_id'));
  if (delivery === undefined) throw notFound();
  return delivery;
}

export const listDeliveries = (call: Call): Answer => {
  const rows = deliveriesOf(call).kept().filter((it) => isFiled(call.query['status'], it));
  const { page, link } = pageByCursor(rows, call.query, `${call.world.addresses.api}/app/hook/deliveries`);
  return { status: 200, body: page.map(deliveryItem), ...(link === undefined ? {} : { headers: { link } }) };
};

export const getDelivery = (call: Call): Answer => {
  return { status: 200, body: deliveryShape(deliveryOf(call)) };
};

export const redeliver = (call: Call): Answer => {
  deliveriesOf(call).redeliver(deliveryOf(call));
  return { status: 202, body: {} };
};

/** GitHub never shows the secret again. */
const hookConfig = ({ hook }: Deliveries): Answer => ({
  status: 200, body: { content_type: 'json', insecure_ssl: '0', secret: '********', ...(hook.url === undefined ? {} : { url: hook.url }) },
});

export const getHookConfig = (call: Call): Answer => hookConfig(deliveriesOf(call));

export const updateHookConfig = (call: Call): Answer => {
  const deliveries = deliveriesOf(call);
  const { url, secret } = call.body as { url?: string; secret?: string };
  if (url !== undefined) deliveries.hook.url = url;
  if (secret !== undefined) deliveries.hook.secret = secret;
  return hookConfig(deliveries);
};
