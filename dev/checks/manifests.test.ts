import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dockerfile, readStage } from '../images/dockerfile.ts';
import { targets } from '../images/targets.ts';
import { root } from '../stack/root.ts';
import { kustomization, manifests, ofKind, type Container, type Pod } from './manifests.ts';
import { appNames, databaseApps, problemsOf, settingsOf } from './settings-of.ts';

const deployments = ofKind('Deployment');
const jobs = ofKind('Job');
const pods = [...deployments, ...jobs].map(([name, { spec }]) => [name, spec.template?.spec as Pod, spec.template?.metadata.labels['app.kubernetes.io/name']] as const);
const containerOf = (app: string): Container => deployments.get(app)?.spec.template?.spec.containers[0] as Container;

test('every app has a Deployment, a Service that finds it and a budget that lets one go; every database a migration; every file is used', () => {
  expect([...deployments.keys()].sort()).toEqual([...appNames].sort());
  for (const app of appNames) {
    const selected = { 'app.kubernetes.io/name': app };
    expect(deployments.get(app)?.spec).toMatchObject({ selector: { matchLabels: selected }, template: { metadata: { labels: selected } } });
    expect(ofKind('Service').get(app)?.spec, app).toEqual({ selector: selected, ports: [{ name: 'http', port: 8080, targetPort: 'http' }] });
    // Never minAvailable: with one copy its node could not be drained.
    expect(ofKind('PodDisruptionBudget').get(app)?.spec, app).toEqual({ maxUnavailable: 1, selector: { matchLabels: selected } });
  }
  for (const app of databaseApps) expect(jobs.get(`migrate-${app}`)?.spec.template?.spec.containers[0]?.args).toEqual([app, 'up']);
  expect(readdirSync(join(root, 'k8s')).sort()).toEqual([...kustomization.resources, 'kustomization.yaml'].sort());
});

test.each(pods)('%s runs as nobody in particular, can become nobody else, and writes nowhere but /tmp', (_name, pod) => {
  expect(pod).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, runAsUser: 65_532, runAsGroup: 65_532, fsGroup: 65_532, seccompProfile: { type: 'RuntimeDefault' } } });
  expect(pod.containers).toHaveLength(1);
  const [container] = pod.containers;
  expect(container?.['securityContext']).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) expect(pod[field]).toBeUndefined();
  for (const { name, mountPath, readOnly } of container?.volumeMounts ?? []) {
    const volume = pod.volumes.find((one) => one.name === name);
    if (mountPath === '/tmp') expect(volume?.emptyDir?.sizeLimit).toBe('64Mi');
    else expect(readOnly, mountPath).toBe(true);
  }
});

test.each(pods)('%s gets no variables that look like misspelt settings, and has limits', (_name, pod) => {
  expect(pod['enableServiceLinks']).toBe(false);
  expect(pod.containers[0]?.['resources']).toMatchObject({ requests: { cpu: expect.any(String) as unknown, memory: expect.stringMatching(/Mi$/) as unknown }, limits: { cpu: '1', memory: expect.stringMatching(/Mi$/) as unknown } });
});

test.each(pods)('%s gets its secrets as files that its group alone can read', (_name, pod) => {
  expect(pod.volumes.find(({ name }) => name === 'secrets')?.secret).toMatchObject({ secretName: expect.stringMatching(/^doubloon-/) as unknown, defaultMode: 0o440 });
  for (const { name, value = '', valueFrom } of pod.containers[0]?.env ?? []) {
    if (name.endsWith('_FILE') && name !== 'DENOMS_FILE') expect(value, name).toMatch(/^\/run\/secrets\/doubloon\/[a-z-]+$/);
    if (valueFrom !== undefined) expect(valueFrom.configMapKeyRef.name, name).toBe('doubloon-settings');
  }
});

test.each(appNames)('%s is given settings that it knows, every one that it needs, and no secret in the open', (app) => {
  const { env } = containerOf(app);
  expect(problemsOf(app, env.map(({ name }) => name))).toEqual([]);
  for (const { name, secret } of settingsOf(app)) if (secret && name !== 'EVENT_LOG_URL') expect(env.find((one) => one.name === name), name).toBeUndefined();
});

test.each(appNames)('%s is asked for its state on the internal port of its image, from outside the pod', (app) => {
  const { env: image } = readStage(dockerfile(), app);
  const container = containerOf(app);
  expect(container.env).toContainEqual({ name: 'INTERNAL_HOST', value: '0.0.0.0' });
  expect(container.ports).toEqual([{ name: 'http', containerPort: Number(image['PORT']) }, { name: 'internal', containerPort: Number(image['INTERNAL_PORT']) }]);
  for (const [probe, path] of [['startupProbe', '/startupz'], ['livenessProbe', '/livez'], ['readinessProbe', '/readyz']] as const) expect(container[probe], probe).toMatchObject({ httpGet: { path, port: 'internal' } });
});

test.each(appNames)('%s is given longer to stop than the pause before it and the stop itself take', (app) => {
  const stopWithin = 25;
  const { lifecycle } = containerOf(app) as unknown as { lifecycle: { preStop: { sleep: { seconds: number } } } };
  expect(deployments.get(app)?.spec.template?.spec.terminationGracePeriodSeconds).toBeGreaterThan(stopWithin + lifecycle.preStop.sleep.seconds);
});

test('one treasury at a time', () => {
  expect(deployments.get('treasury')?.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
});

test('every image is one the Dockerfile makes, and the kustomization says its tag', () => {
  const used = new Set(pods.map(([, pod]) => pod.containers[0]?.image));
  expect(new Set(kustomization.images.map(({ name }) => name))).toEqual(used);
  for (const image of used) expect(Object.keys(targets)).toContain(image?.replace('doubloon/', ''));
  for (const { newTag } of kustomization.images) expect(newTag).toMatch(/^v\d+\.\d+\.\d+$/);
});

interface Policy {
  readonly podSelector: { readonly matchLabels?: Readonly<Record<string, string>>; readonly matchExpressions?: readonly { readonly values: readonly string[] }[] };
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly { readonly from?: readonly unknown[]; readonly ports?: readonly { readonly port: string | number }[] }[];
  readonly egress?: readonly { readonly to?: readonly { readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] } }[]; readonly ports?: readonly { readonly port: string | number; readonly protocol: string }[] }[];
}
const policies = new Map([...ofKind('NetworkPolicy')].map(([name, { spec }]) => [name, spec as unknown as Policy]));
const covers = ({ podSelector: { matchLabels, matchExpressions } }: Policy, name: string): boolean =>
  matchLabels !== undefined ? matchLabels['app.kubernetes.io/name'] === name : matchExpressions === undefined || matchExpressions.some(({ values }) => values.includes(name));
const rulesFor = (name: string) => [...policies.values()].filter((policy) => covers(policy, name));

test('nothing goes in or out that no policy names, and names can still be resolved, by the cache on the node too', () => {
  expect(policies.get('nothing-else')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  const [dns] = policies.get('names')?.egress ?? [];
  expect(dns?.ports).toEqual([{ protocol: 'UDP', port: 53 }, { protocol: 'TCP', port: 53 }]);
  expect(dns?.to).toContainEqual({ ipBlock: { cidr: '169.254.20.10/32' } });
});

test.each([
  ['treasury', [53, 443, 5432, 9092, 'http']],
  ['github-app', [53, 443, 5432, 9092, 'http']],
  ['identity', [53, 443, 5432, 9092]],
  ['web', [53, 'http']],
  ['migrate', [53, 5432]],
])('%s reaches out to ports %j and no other', (name, ports) => {
  const reached = rulesFor(name).flatMap(({ egress = [] }) => egress.flatMap((rule) => rule.ports?.map(({ port }) => port) ?? ['every port']));
  expect([...new Set(reached)].sort()).toEqual([...ports].sort());
});

test.each([['treasury', ['http', 'internal']], ['github-app', ['http', 'internal']], ['web', ['http', 'internal']], ['identity', ['http', 'internal']], ['migrate', []]])('%s is reached on %j only, and by named ones', (name, ports) => {
  const rules = rulesFor(name).flatMap(({ ingress = [] }) => ingress);
  expect([...new Set(rules.flatMap((rule) => rule.ports?.map(({ port }) => port) ?? ['every port']))].sort()).toEqual([...ports].sort());
  for (const { from = [] } of rules) expect(from.length).toBeGreaterThan(0);
});

test('the world is not anybody’s private network, nor the cloud’s own addresses', () => {
  const blocks = policies.get('to-the-world')?.egress?.[0]?.to?.map(({ ipBlock }) => ipBlock);
  expect(blocks?.[0]).toEqual({ cidr: '0.0.0.0/0', except: expect.arrayContaining(['10.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16']) as unknown });
});

test('the namespace admits none but restricted pods', () => {
  expect(ofKind('Namespace').get('doubloon')?.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
  expect(manifests.some(({ kind }) => kind === 'Secret')).toBe(false);
});
