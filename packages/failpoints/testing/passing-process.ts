// Passes one failpoint three times and says so each time.
import { failpoint } from '../src/index.ts';

for (const time of [1, 2, 3]) {
  failpoint('delivery-stored');
  process.stdout.write(`passed ${String(time)}\n`);
}
