import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from '../stack/root.ts';

/** Hashes of packages, built programs, and inputs that a machine made: nobody writes a secret there, and all of it looks like one. */
const passedOver = /(?:^|\/)(?:package-lock\.json|Cargo\.lock)$|\.(?:so|bin|png|ico|woff2?|gz)$|^dev\/fuzz\/corpus\//;
const longest = 2_000_000;
/** In a container the clone belongs to somebody else, which git takes for a trap. */
export const git = ['-c', 'safe.directory=*'];

/** Every text that is, or ever was, committed on any branch here, once for each content. A shallow clone has only the newest. */
export async function eachText(see: (path: string, text: string) => void): Promise<number> {
  const listed = execFileSync('git', [...git, 'rev-list', '--objects', '--all'], { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  const paths = new Map(listed.split('\n').flatMap((line) => { const at = line.indexOf(' '); return at === -1 || passedOver.test(line.slice(at + 1)) ? [] : [[line.slice(0, at), line.slice(at + 1)] as const]; }));
  const reading = spawn('git', [...git, 'cat-file', '--batch', '--buffer'], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  reading.stdin.end(`${[...paths.keys()].join('\n')}\n`);
  const ended = once(reading, 'close');
  let seen = 0;
  let held: Buffer = Buffer.alloc(0);
  let parts: Buffer[] = [];
  let waitingFor = 1;
  let size = 0;
  for await (const chunk of reading.stdout as AsyncIterable<Buffer>) {
    parts.push(chunk);
    size += chunk.length;
    if (size < waitingFor) continue;
    held = Buffer.concat(parts);
    let at = 0;
    for (;;) {
      const end = held.indexOf(0x0a, at);
      const [hash = '', type, length = '0'] = end === -1 ? [] : held.toString('latin1', at, end).split(' ');
      const next = end + 1 + Number(length) + 1;
      waitingFor = end === -1 ? held.length - at + 1 : next - at;
      if (end === -1 || next > held.length) break;
      const bytes = held.subarray(end + 1, next - 1);
      if (type === 'blob' && bytes.length < longest && !bytes.subarray(0, 8_000).includes(0)) {
        see(paths.get(hash) ?? hash, bytes.toString('utf8'));
        seen += 1;
      }
      at = next;
    }
    parts = [held.subarray(at)];
    size = held.length - at;
  }
  const [code] = (await ended) as [number];
  if (code !== 0) throw new Error(`git cat-file ended with ${String(code)}`);
  return seen;
}
