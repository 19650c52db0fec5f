import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { targets } from '../images/targets.ts';
import { root } from '../stack/root.ts';
import { workflowProblems } from './workflow-problems.ts';

interface Step { readonly uses?: string; readonly run?: string; readonly with?: Readonly<Record<string, unknown>> }
interface Job {
  readonly 'runs-on': string;
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly container?: string;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly if?: string;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly concurrency?: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(root, '.github/workflows');
const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);
const workflows = files.map(([name, text]) => [name, parse(text) as Workflow] as const);
const steps = workflows.flatMap(([name, { jobs }]) => Object.entries(jobs).flatMap(([job, { steps: all }]) => all.map((step) => ({ at: `${name} ${job}`, ...step }))));

test.each(files)('%s is a workflow by the parser of GitHub', async (name, content) => {
  expect(await workflowProblems(name, content)).toEqual([]);
});

test.each([
  ['an unknown event', 'on: pull_reqest', /Unexpected value/],
  ['a key nobody knows', 'on: push\nconcurency: x', /Unexpected value/],
  ['an expression that can not be read', 'on: push\nrun-name: ${{ github.ref == }}', /expression/i],
])('the parser refuses %s', async (_, head, problem) => {
  expect((await workflowProblems('x.yml', `${head}\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: "true" }] } }\n`)).join()).toMatch(problem);
});

test.each(workflows)('%s may only read, runs once for a ref, and ends', (_name, { permissions, concurrency, jobs }) => {
  expect(permissions).toEqual({ contents: 'read' });
  expect(concurrency?.group).toContain('${{ github.ref }}');
  for (const [name, job] of Object.entries(jobs)) {
    expect(job['timeout-minutes'], name).toBeLessThanOrEqual(120);
    expect(job['runs-on'], name).toBe('ubuntu-24.04');
  }
});

test('only what publishes on a tag, or reports, may write anything', () => {
  const writing = workflows.flatMap(([file, { jobs }]) => Object.entries(jobs).flatMap(([name, { permissions = {} }]) => Object.entries(permissions).filter(([, right]) => right === 'write').map(([what]) => `${file} ${name} ${what}`)));
  expect(writing.sort()).toEqual(['ci.yml coverage id-token', 'images.yml publish attestations', 'images.yml publish id-token', 'images.yml publish packages', 'security.yml codeql security-events', 'security.yml scorecard security-events']);
  expect(workflows.find(([file]) => file === 'images.yml')?.[1].jobs['publish']?.if).toBe("${{ github.ref_type == 'tag' }}");
});

test('a stranger’s pull request never runs with our rights, and nothing they write becomes a command', () => {
  for (const [name, { on }] of workflows) for (const event of ['pull_request_target', 'workflow_run', 'issue_comment']) expect(Object.keys(on), name).not.toContain(event);
  for (const { at, run = '' } of steps) expect(run, at).not.toContain('${{');
});

test('every action is pinned by its commit with its version beside it, the same one everywhere, and every container by digest', () => {
  const pins = new Map<string, string>();
  for (const [name, text] of files) {
    for (const [line, action = '', commit = ''] of text.matchAll(/uses: ([\w./-]+)@(\S+).*/g)) {
      expect(line, name).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      const repository = action.split('/').slice(0, 2).join('/');
      expect(pins.get(repository) ?? commit, action).toBe(commit);
      pins.set(repository, commit);
    }
  }
  for (const [name, { jobs }] of workflows) for (const { container } of Object.values(jobs)) if (container !== undefined) expect(container, name).toMatch(/@sha256:[0-9a-f]{64}$/);
});

test('no token is left in a checkout', () => {
  for (const { at, uses, with: settings } of steps) if (uses?.startsWith('actions/checkout@')) expect(settings, at).toMatchObject({ 'persist-credentials': false });
});

test('what is installed from elsewhere has a version', () => {
  for (const { at, run = '' } of steps) for (const [line, version] of run.matchAll(/go install \S+@(\S+)/g)) expect(version, `${at}: ${line}`).toMatch(/^v\d+\.\d+\.\d+$/);
});

test('the workflows call verbs that exist, and build every image', () => {
  const verbs = new Set([...readFileSync(join(root, 'justfile'), 'utf8').matchAll(/^([a-z][a-z-]*)( [^:=]*)?:$/gm)].map(([, verb]) => verb));
  for (const { at, run = '' } of steps) for (const [, verb] of run.matchAll(/\bjust ([a-z-]+)/g)) expect(verbs, `${at}: just ${verb ?? ''}`).toContain(verb);
  const images = workflows.find(([file]) => file === 'images.yml')?.[1].jobs ?? {};
  for (const job of ['check', 'publish']) expect(images[job]?.strategy?.matrix['target'], job).toEqual(Object.keys(targets));
});
