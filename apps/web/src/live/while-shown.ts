/**
 * Opens something for as long as its page is shown; a page that comes back from the browser's back-forward cache shows what
 * was true then, so it is loaded again. Answers how to close.
 */
export function whileShown(open: () => () => void): () => void {
  const close = open();
  const shownAgain = ({ persisted }: PageTransitionEvent) => persisted && location.reload();
  addEventListener('pageshow', shownAgain);
  return () => {
    removeEventListener('pageshow', shownAgain);
    close();
  };
}
