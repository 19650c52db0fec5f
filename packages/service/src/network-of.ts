import { isIPv6 } from 'node:net';

/** Whoever has an address of the sixth version has the 2^64 others of its network as well. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address.slice(0, 64);
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [first, last] = [groups(head), tail === undefined ? [] : groups(tail)];
  // A last part in the form of the fourth version stands for two groups, and behind the network.
  const missing = tail === undefined ? 0 : 8 - first.length - last.length - (address.includes('.') ? 1 : 0);
  const all = [...first, ...Array.from({ length: Math.max(missing, 0) }, () => '0'), ...last];
  return address.includes('.') && /^(::ffff:|::)/i.test(address) ? (address.split(':').at(-1) ?? '') : `${all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
