import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../stack/root.ts';
import { eachText, git } from './blobs.ts';
import { crateLicenceProblems, licenceProblems } from './licences.ts';
import { crateProblems, packageProblems, type Lock } from './packages.ts';
import { isKnown, secretsIn } from './secrets.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const lock = (JSON.parse(read('package-lock.json')) as { packages: Lock }).packages;
const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Readonly<Record<string, boolean>> };
const cargo = read('packages/escrow/program/Cargo.lock');
const problems = new Set([...packageProblems(lock, allowScripts), ...crateProblems(cargo), ...licenceProblems(lock), ...crateLicenceProblems(cargo)]);

const look = (path: string, text: string): void => {
  for (const found of secretsIn(text).filter((one) => !isKnown(one))) problems.add(`${path} holds what looks like ${found.kind}: ${found.mark}`);
};
// What is about to be committed, too.
for (const path of execFileSync('git', [...git, 'ls-files', '--modified', '--others', '--exclude-standard', '-z'], { maxBuffer: 2 ** 28, cwd: root, encoding: 'utf8' }).split('\0')) if (path !== '' && !path.startsWith('dev/fuzz/corpus/') && existsSync(join(root, path))) look(path, read(path));
const texts = await eachText(look);

for (const problem of problems) console.error(problem);
console.log(`${String(Object.keys(lock).length)} packages and ${String(texts)} texts of this repository's history: ${problems.size === 0 ? 'nothing to say against them' : `${String(problems.size)} problems`}`);
process.exitCode = problems.size === 0 ? 0 : 1;
