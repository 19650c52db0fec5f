import { writeFileSync } from 'node:fs';
import { renderCosts } from './testing/costs.ts';

writeFileSync(new URL('./COSTS.md', import.meta.url), renderCosts());
