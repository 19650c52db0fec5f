/** Lets what concerns the same subject happen one after the other, and everything else at once. */
export function openTurns(): <T>(subject: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (subject, work) => {
    const mine = (last.get(subject) ?? Promise.resolve()).then(work);
    last.set(subject, mine.catch(() => undefined));
    return mine;
  };
}
