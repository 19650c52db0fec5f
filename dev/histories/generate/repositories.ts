/** The repositories of the stack in the order in which histories name them; `rules` is the text of `.github/doubloon.yml`. */
export const repositories: readonly { readonly name: string; readonly rules?: string }[] = [
  { name: 'histories/plain' },
  { name: 'histories/many-deciders', rules: 'may-award: write\nmay-offer: anyone\n' },
  { name: 'histories/quiet', rules: 'silent: true\n' },
  // On GitHub's clock, which no journey moves: it never comes to that, and has to be told of.
  { name: 'histories/by-itself', rules: 'auto-award-after: 3d\n' },
];

/** Where nothing is written but reactions and labels. */
export const isSilent = (repository: number): boolean => repositories[repository]?.rules?.includes('silent: true') === true;
