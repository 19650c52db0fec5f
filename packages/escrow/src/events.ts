import { addressOf, type Address } from './address.ts';
import { instructionNumbers } from './layout.ts';

/** What the program says in its log about a change. A hint only: logs can be cut, the accounts are the truth. */
export interface ProgramEvent {
  readonly kind: keyof typeof instructionNumbers;
  readonly account: Address;
  readonly sequence: bigint;
  readonly amount: bigint;
}

/** Bytes of one event: version, kind, 6 unused, account, sequence, amount. */
export const eventBytes = 56;
export const eventVersion = 1;

const prefix = 'Program data: ';

/** Every event of ours among log lines, in order. `Program data:` lines of other shapes are passed over. */
export function readEvents(logs: readonly string[], program: Address): ProgramEvent[] {
  const events: ProgramEvent[] = [];
  const running: string[] = [];
  for (const line of logs) {
    const invoked = /^Program (\S+) invoke \[\d+\]$/.exec(line)?.[1];
    if (invoked !== undefined) running.push(invoked);
    else if (/^Program \S+ (success|failed.*)$/.test(line)) running.pop();
    else if (line.startsWith(prefix) && running.at(-1) === program) {
      const event = readEvent(line.slice(prefix.length));
      if (event !== undefined) events.push(event);
    }
  }
  return events;
}

function readEvent(text: string): ProgramEvent | undefined {
  if (!/^[A-Za-z0-9+/]{75}=$/.test(text)) return undefined;
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const kind = (Object.keys(instructionNumbers) as ProgramEvent['kind'][]).find((name) => instructionNumbers[name] === bytes[1]);
  if (bytes.length !== eventBytes || bytes[0] !== eventVersion || kind === undefined) return undefined;
  const view = new DataView(bytes.buffer);
  return { kind, account: addressOf(bytes.slice(8, 40)), sequence: view.getBigUint64(40, true), amount: view.getBigUint64(48, true) };
}
