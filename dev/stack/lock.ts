import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const askEveryMs = 200;

/**
 * Resolves when this process alone holds the lock of that file, which goes with the disposal. Whoever died with it holds it
 * no longer. `waiting` is called once when somebody else has it.
 */
export async function holdLock(file: string, waiting: () => void): Promise<AsyncDisposable> {
  let isTold = false;
  while (!take(file)) {
    if (isAbandoned(file)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!isTold) waiting();
    isTold = true;
    await sleep(askEveryMs);
  }
  return { [Symbol.asyncDispose]: () => Promise.resolve(rmSync(file, { force: true })) };
}

function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether the process that it names is gone. One that is just written may name none yet. */
function isAbandoned(file: string): boolean {
  let pid: number;
  try {
    pid = Number(readFileSync(file, 'utf8'));
  } catch {
    return false;
  }
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
