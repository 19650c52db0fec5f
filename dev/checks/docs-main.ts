// `just docs`: writes the documents that are made from the code.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../stack/root.ts';
import { configurationTable } from './configuration-table.ts';
import { metricsTable } from './metrics-table.ts';

writeFileSync(join(root, 'docs/configuration.md'), configurationTable());
writeFileSync(join(root, 'docs/metrics.md'), metricsTable());
