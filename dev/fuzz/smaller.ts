/** The shortest input found by leaving parts out, as long as `fails` says that it still does. Asks at most `most` times. */
export async function smaller(bytes: Uint8Array, fails: (bytes: Uint8Array) => Promise<boolean>, most = 400): Promise<Uint8Array> {
  let best = bytes;
  let asked = 0;
  for (let length = Math.ceil(best.length / 2); length >= 1; length = length === 1 ? 0 : Math.ceil(length / 2)) {
    for (let at = 0; at < best.length && asked < most;) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + length)]);
      asked += 1;
      if (await fails(shorter)) best = shorter;
      else at += length;
    }
  }
  return best;
}
