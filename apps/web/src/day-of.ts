/** An RFC 3339 instant for people, the same on the server and in every time zone: `2027-02-19 13:05 UTC`. */
export const dayOf = (instant: string): string => `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
