export { DoubloonError, isDoubloonError } from './doubloon-error.ts';
export { isFailureCode } from './failures.ts';
export type { FailureCode, Failures } from './failures.ts';
