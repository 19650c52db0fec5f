/** Reads by key, once for all who ask within `ms` of when it began: what many look at is read as often as for one. A failure is kept by nobody but those who wait for it. */
export function sharedReading<K, T>(ms: number, read: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const readings = new Map<K, Promise<T>>();
  return (key) => {
    const before = readings.get(key);
    if (before !== undefined) return before;
    const reading = read(key);
    const forget = (): void => { if (readings.get(key) === reading) readings.delete(key); };
    readings.set(key, reading);
    setTimeout(forget, ms).unref();
    reading.catch(forget);
    return reading;
  };
}
