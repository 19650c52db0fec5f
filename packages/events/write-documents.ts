// npm run documents -w @doubloon/events
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { eventDocuments } from './src/documents.ts';

const root = join(import.meta.dirname, '..', '..');
await rm(join(import.meta.dirname, 'schemas'), { recursive: true, force: true });
for (const [path, text] of eventDocuments()) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
