import { statSync } from 'node:fs';
import { fail, ok, warn, type Finding } from './finding.ts';
import { appNames, type Instance } from './instance.ts';

/** Whether only whom a secret is for can read it. */
export function checkSecrets({ apps }: Instance): readonly Finding[] {
  const files = new Map(appNames.flatMap((app) => Object.entries(apps[app] ?? {}).filter(([name, value]) => /^(?!DENOMS).*_FILE$/.test(name) && value !== '').map(([name, file]) => [file, `${name} of ${app}`] as const)));
  const found = [...files].flatMap(([file, purpose]) => judge(file, purpose));
  return found.length > 0 || files.size === 0 ? found : [ok('secrets.modes', `${String(files.size)} secrets are files that only their owner can read.`)];
}

function judge(file: string, purpose: string): readonly Finding[] {
  let mode: number;
  try {
    ({ mode } = statSync(file));
  } catch {
    // Told by the check of settings.
    return [];
  }
  const remedy = `chmod 600 ${file}; if others used this machine meanwhile, replace the secret.`;
  if ((mode & 0o007) !== 0) return [fail('secrets.modes', `${file} (${purpose}) is open to every user of this machine.`, remedy)];
  // As Kubernetes mounts them.
  if ((mode & 0o030) !== 0) return [warn('secrets.modes', `${file} (${purpose}) can be changed or run by its group.`, remedy)];
  return [];
}
