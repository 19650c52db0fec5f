/** `path` when it is one of our own pages, as browsers read it; otherwise `instead`. */
export function ownPath(path: string, origin: string, instead: string): string {
  const url = /^\/(?![/\\])/.test(path) ? URL.parse(path, origin) : null;
  // Dots that lead nowhere leave two slashes at the front: '/.//host'.
  return url?.origin === origin && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}${url.hash}` : instead;
}
