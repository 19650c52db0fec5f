import { writeFileSync } from 'node:fs';
import { idlText } from './root.ts';

writeFileSync(new URL('../idl.json', import.meta.url), idlText());
