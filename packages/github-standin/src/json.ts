declare global {
  interface JSON {
    /** Stands for exactly this text when it is stringified. TypeScript's library does not know it yet. */
    rawJSON(text: string): object;
  }
}

/** The JSON of a value, with each bigint as a number of all its digits. */
export const toJson = (value: unknown): string => JSON.stringify(value, (_, it: unknown) => (typeof it === 'bigint' ? JSON.rawJSON(String(it)) : it));
