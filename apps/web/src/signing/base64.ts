export const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
export const base64Of = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
