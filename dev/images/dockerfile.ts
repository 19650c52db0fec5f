import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser, type Copy, type From, type Instruction } from 'dockerfile-ast';
import { root } from '../stack/root.ts';

/** What a container of one target is started with, its base stages included. */
export interface ImageStage {
  readonly entrypoint: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  /** The command of its health check; empty when it has none. */
  readonly healthcheck: readonly string[];
  /** Every COPY of the stage and its bases: from which stage, and to where. */
  readonly copies: readonly { readonly from: string; readonly to: string }[];
}

/** The text of the Dockerfile. */
export const dockerfile = (): string => readFileSync(join(root, 'Dockerfile'), 'utf8');

/** The stages by name, each with its instructions, those of our own stages it is built on first. */
export function readStages(text: string): ReadonlyMap<string, readonly Instruction[]> {
  const stages = new Map<string, Instruction[]>();
  let current: Instruction[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      const from = instruction as From;
      current = [...(stages.get(from.getImage() ?? '') ?? [])];
      stages.set(from.getBuildStage() ?? '', current);
    } else current.push(instruction);
  }
  return stages;
}

/** Reads one stage as a container engine would. Throws when there is none of that name. */
export function readStage(text: string, name: string): ImageStage {
  const instructions = readStages(text).get(name);
  if (instructions === undefined) throw new Error(`the Dockerfile has no target ${name}`);
  const all = (keyword: string) => instructions.filter((instruction) => instruction.getKeyword() === keyword);
  // Without a shell there is only the exec form, which is JSON.
  const words = (instruction: Instruction | undefined) => JSON.parse(/\[[^]*\]$/.exec(instruction?.getRawArgumentsContent() ?? '')?.[0] ?? '[]') as string[];
  return {
    entrypoint: words(all('ENTRYPOINT').at(-1)),
    env: Object.fromEntries(all('ENV').flatMap((env) => env.getArgumentsContent()?.replaceAll(/\\\n/g, ' ').trim().split(/\s+/) ?? []).map((pair) => pair.split('=', 2) as [string, string])),
    user: all('USER').at(-1)?.getArgumentsContent() ?? undefined,
    healthcheck: words(all('HEALTHCHECK').at(-1)),
    copies: (all('COPY') as Copy[]).map((copy) => ({ from: copy.getFlags().find((flag) => flag.getName() === 'from')?.getValue() ?? '', to: copy.getArguments().at(-1)?.getValue() ?? '' })),
  };
}
