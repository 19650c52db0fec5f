import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { root } from '../stack/root.ts';

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: { readonly configMapKeyRef: { readonly name: string; readonly key: string } } }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly [field: string]: unknown;
}

export interface Pod {
  readonly containers: readonly Container[];
  readonly volumes: readonly { readonly name: string; readonly secret?: { readonly secretName: string; readonly defaultMode: number }; readonly emptyDir?: { readonly sizeLimit: string }; readonly configMap?: { readonly name: string } }[];
  readonly terminationGracePeriodSeconds?: number;
  readonly [field: string]: unknown;
}

export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>> & { readonly template?: { readonly metadata: { readonly labels: Readonly<Record<string, string>> }; readonly spec: Pod } };
}

const read = (file: string): string => readFileSync(join(root, 'k8s', file), 'utf8');

/** k8s/kustomization.yaml. */
export const kustomization = parse(read('kustomization.yaml')) as { readonly resources: readonly string[]; readonly images: readonly { readonly name: string; readonly newTag: string }[] };

/** Every object of every file the kustomization names, as Kubernetes reads YAML: version 1.1, where 0440 is a mode. */
export const manifests: readonly Manifest[] = kustomization.resources.flatMap((file) => parseAllDocuments(read(file), { version: '1.1' }).map((document) => {
  if (document.errors.length > 0) throw new Error(`${file}: ${document.errors.join(', ')}`);
  return document.toJS() as Manifest;
}));

/** The objects of one kind by name. */
export const ofKind = (kind: string): ReadonlyMap<string, Manifest> => new Map(manifests.filter((manifest) => manifest.kind === kind).map((manifest) => [manifest.metadata.name, manifest]));
