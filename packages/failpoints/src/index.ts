export { armingProblems, failpoint, lawIsOff } from './arming.ts';
export { failpoints, laws, type Failpoint, type FailpointName, type Law } from './names.ts';
