export { DoubloonError, isDoubloonError } from './doubloon-error.ts';
export type { FailureCode, Failures } from './failures.ts';
