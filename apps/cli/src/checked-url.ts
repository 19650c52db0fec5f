import { UsageProblem } from './usage-problem.ts';

/** The address of a node. */
export function checkedUrl(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? '')) throw new UsageProblem('--rpc is not a web address, for example http://127.0.0.1:8899.');
  return text;
}
