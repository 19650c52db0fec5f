export { appJwt } from './app-jwt.ts';
export { boundedFetch, type FetchBounds } from './bounded-fetch.ts';
export { readSetback, refusals, type Refusal, type Setback } from './setback.ts';
export { appSettings } from './settings.ts';
