/**
 * Whether the rules of a .dockerignore keep a path from the builder: the last rule that matches the path or one of its
 * folders decides, `!` lets in again. Rule: https://docs.docker.com/build/concepts/context/#syntax
 */
export function ignores(rules: string, path: string): boolean {
  const folders = path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
  let kept = false;
  for (const line of rules.split('\n').map((rule) => rule.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const pattern = patternOf(line.replace(/^!/, ''));
    if (folders.some((folder) => pattern.test(folder))) kept = !line.startsWith('!');
  }
  return kept;
}

const patternOf = (glob: string): RegExp =>
  new RegExp(`^${glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('**/', '\0').replaceAll('*', '[^/]*').replaceAll('\0', '(?:.*/)?')}$`);
