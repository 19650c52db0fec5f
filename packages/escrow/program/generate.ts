import { writeFileSync } from 'node:fs';
import { rustConstants } from '../rust-constants.ts';

writeFileSync(new URL('./src/generated.rs', import.meta.url), rustConstants());
