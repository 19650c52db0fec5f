// `just docs`: writes the documents that are made from the code.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rulesJsonSchema } from '@doubloon/domain/rules';
import { pitfallsTable } from '../pitfalls/document.ts';
import { root } from '../stack/root.ts';
import { configurationTable, settingsJson } from './configuration-table.ts';
import { metricsTable } from './metrics-table.ts';

writeFileSync(join(root, 'docs/configuration.md'), configurationTable());
writeFileSync(join(root, 'apps/cli/src/doctor/settings.json'), settingsJson());
writeFileSync(join(root, 'docs/metrics.md'), metricsTable());
writeFileSync(join(root, 'docs/pitfalls.md'), pitfallsTable());
writeFileSync(join(root, 'docs/doubloon.yml.schema.json'), `${JSON.stringify(rulesJsonSchema(), undefined, 2)}\n`);
