import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { targets } from '../images/targets.ts';
import { root } from '../stack/root.ts';
import { readCompose } from './compose-file.ts';
import { appNames, databaseApps, problemsOf, settingsOf } from './settings-of.ts';

const compose = readCompose();
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);
// The others run once and end.
const running = services.filter(([name]) => name !== 'doctor' && !name.startsWith('migrate-'));
const megabytes = (memory: string): number => Number.parseInt(memory, 10) * (memory.endsWith('G') ? 1024 : 1);

// The Compose Specification's schema (Apache-2.0), as the linter dclint carries it.
const schemaFile = join(dirname(import.meta.resolve('dclint/package.json').replace('file://', '')), 'schemas/compose.schema.json');
const validate = addFormats.default(new Ajv({ strict: false, allErrors: true, validateSchema: false })).compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);

test.each(['docker-compose.yml', 'dev/docker-compose.yml'])('%s is valid by the schema of the Compose Specification', (path) => {
  validate(readCompose(path));
  expect(validate.errors).toBeNull();
});

test('the schema refuses what no Compose file may say', () => {
  expect(validate({ services: { web: { image: 'web', read_onyl: true } } })).toBe(false);
});

test('every app has a service of its name, and every database of an app a migration it waits for', () => {
  for (const app of appNames) expect(compose.services[app]?.build, app).toEqual({ context: '.', target: app });
  for (const app of databaseApps) {
    expect(compose.services[`migrate-${app}`], app).toMatchObject({ build: { target: 'migrate' }, command: [app, 'up'], restart: 'no' });
    expect(compose.services[app]?.depends_on?.[`migrate-${app}`], app).toEqual({ condition: 'service_completed_successfully' });
  }
  for (const [name, { build, image }] of ours) {
    expect(Object.keys(targets), name).toContain(build?.target);
    expect(image, name).toBe(`\${DOUBLOON_IMAGES:-doubloon}/${build?.target ?? ''}:\${DOUBLOON_VERSION:-local}`);
  }
});

test.each(services)('%s has no capabilities, no way to more rights, limits, and logs that end', (_name, service) => {
  expect(service).toMatchObject({ cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], logging: { options: { 'max-size': '10m', 'max-file': '3' } } });
  expect(service.privileged).toBeUndefined();
  const { cpus, memory, pids } = service.deploy?.resources.limits ?? { cpus: '0', memory: '0', pids: 0 };
  expect(Number(cpus)).toBeGreaterThan(0);
  expect(megabytes(memory)).toBeGreaterThanOrEqual(128);
  expect(pids).toBeGreaterThan(0);
});

test.each([...ours, ['postgres', compose.services['postgres']] as const])('%s runs as the user of the secrets on a read-only root', (_name, service) => {
  expect(service).toMatchObject({ user: '${DOUBLOON_USER:-65532:65532}', read_only: true });
  expect(service?.tmpfs?.[0]).toMatch(/^\/tmp:mode=1777,size=\d+m$/);
});

test.each(running)('%s starts again by itself and is given longer to stop than it takes', (_name, { restart, stop_grace_period: grace }) => {
  expect(restart).toBe('unless-stopped');
  expect(grace === '1m' ? 60 : Number.parseInt(grace ?? '0', 10)).toBeGreaterThan(25);
});

test('everything in use fits a host with 4 GB', () => {
  const sum = running.reduce((all, [, { deploy }]) => all + megabytes(deploy?.resources.limits.memory ?? '0'), 0);
  expect(sum).toBeLessThanOrEqual(2.7 * 1024);
});

test('only the pages and the webhook are published, and on loopback', () => {
  expect(Object.fromEntries(services.flatMap(([name, { ports }]) => (ports === undefined ? [] : [[name, ports]])))).toEqual({
    'github-app': ['127.0.0.1:${WEBHOOK_PORT:-8081}:8080'],
    web: ['127.0.0.1:${WEB_PORT:-8080}:8080'],
  });
  for (const service of Object.values(readCompose('dev/docker-compose.yml').services)) for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
});

test('databases and the event log reach nothing outside, and the pages do not reach them', () => {
  expect(compose.networks).toEqual({ data: { internal: true }, calls: { internal: true }, outside: {} });
  for (const [name, { networks }] of services.filter(([service]) => ['postgres', 'kafka'].includes(service) || service.startsWith('migrate-'))) expect(networks, name).toEqual(['data']);
  expect(compose.services['web']?.networks).not.toContain('data');
});

test.each(appNames)('%s is given settings that it knows, and every one that it needs', (app) => {
  expect(problemsOf(app, Object.keys(compose.services[app]?.environment ?? {}))).toEqual([]);
});

test('a setting that an app does not know, or lacks, is found', () => {
  expect(problemsOf('treasury', settingsOf('treasury').map(({ name }) => (name === 'TREASURY_OPERATOR' ? 'TREASURY_OPERATORS' : name)))).toEqual(['TREASURY_OPERATORS is no setting of treasury', 'treasury needs TREASURY_OPERATOR']);
  expect(settingsOf('web').find(({ name }) => name === 'PORT')?.required).toBe(false);
});

test('no secret stands in the file: each comes by NAME_FILE from a secret the service is given', () => {
  for (const app of appNames) {
    const { environment = {}, secrets = [] } = compose.services[app] ?? {};
    for (const { name, secret } of settingsOf(app)) {
      // The address of a broker without a password is none.
      if (secret && name !== 'EVENT_LOG_URL') expect(environment[name], `${app} ${name}`).toBeUndefined();
    }
    for (const [name, value] of Object.entries(environment)) if (name.endsWith('_FILE') && name !== 'DENOMS_FILE') expect(secrets, `${app} ${name}`).toContain(value.replace('/run/secrets/', ''));
  }
});

test('every secret that is declared is used, and every file that is mounted exists', () => {
  expect(new Set(services.flatMap(([, { secrets = [] }]) => secrets))).toEqual(new Set(Object.keys(compose.secrets)));
  for (const [name, { file }] of Object.entries(compose.secrets)) expect(file).toBe(`./secrets/${name}`);
  for (const { file } of Object.values(compose.configs)) expect(existsSync(join(root, file.replace(/^\$\{DENOMS:-(.*)\}$/, '$1'))), file).toBe(true);
});

test('the doctor stays away until it is called, and is given every file that the services are given', () => {
  const given = appNames.flatMap((app) => compose.services[app]?.secrets ?? []);
  expect(new Set(compose.services['doctor']?.secrets)).toEqual(new Set(given));
  expect(compose.services['doctor']).toMatchObject({ profiles: ['doctor'], restart: 'no', command: ['doctor', '--compose'], configs: compose.services['treasury']?.configs });
});

test('what is not ours is pinned by version and digest', () => {
  for (const [name, { build, image }] of services) if (build === undefined) expect(image, name).toMatch(/^[a-z/]+:\d+\.\d+(\.\d+)?(-[a-z]+)?@sha256:[0-9a-f]{64}$/);
});
