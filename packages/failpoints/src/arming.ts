import { failpoints, laws, type FailpointName, type Law } from './names.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const form = /^([a-z-]+)(?::([1-9]\d{0,3}))?$/;

/** Which failpoint the environment names, and at which passing of it to die. */
function readFailpoint({ DOUBLOON_FAILPOINT: text }: Environment): { name: FailpointName; nth: number } | undefined {
  const [, name = '', nth = '1'] = form.exec(text ?? '') ?? [];
  return Object.hasOwn(failpoints, name) ? { name: name as FailpointName, nth: Number(nth) } : undefined;
}

const readLaw = ({ DOUBLOON_LAW_OFF: text }: Environment): Law | undefined => laws.find((law) => law === text);

/**
 * Why a process with this environment must not start, as whole sentences; none when it may. An empty value counts as not
 * set. Whoever starts a process asks: a failpoint that is misspelt would test nothing, and outside of tests none may be armed.
 */
export function armingProblems(env: Environment): string[] {
  const { DOUBLOON_FAILPOINT: name, DOUBLOON_LAW_OFF: law, NODE_ENV: mode } = env;
  const isTest = mode === 'test';
  return [
    ...(name && !isTest ? ['DOUBLOON_FAILPOINT is set: failpoints are for tests, with NODE_ENV=test'] : []),
    ...(name && readFailpoint(env) === undefined ? ['DOUBLOON_FAILPOINT names no failpoint: write name or name:nth, with a name of packages/failpoints/src/names.ts'] : []),
    ...(law && !isTest ? ['DOUBLOON_LAW_OFF is set: the laws hold outside of tests, where NODE_ENV=test'] : []),
    ...(law && readLaw(env) === undefined ? [`DOUBLOON_LAW_OFF names no law: it is one of ${laws.join(', ')}`] : []),
  ];
}

const isTest = process.env['NODE_ENV'] === 'test';
const armed = isTest ? readFailpoint(process.env) : undefined;
const armedName = armed?.name;
const lawOff = isTest ? readLaw(process.env) : undefined;
let passed = 0;

/** Ends this process at once, as a power cut would, when it is armed for this place. Otherwise it costs a comparison. */
export function failpoint(name: FailpointName): void {
  if (name !== armedName) return;
  passed += 1;
  if (passed === armed?.nth) process.kill(process.pid, 'SIGKILL');
}

/** Whether a test has switched this law off in this process. */
export const lawIsOff = (law: Law): boolean => law === lawOff;
