import * as z from 'zod';
import { acceptedEnvironment } from './environment.ts';
import { checkCommandSize } from './command-size.ts';
import { checkEntryPoint } from './entry-point.ts';
import { acceptedHistory } from './history.ts';
import { checkMountPoints } from './mount-points.ts';
import { acceptedWorkFolder } from './work-folder.ts';
import type { ImageTree } from '../layers/image-tree.ts';
import { refuse } from '../refusal.ts';

export interface ConfigurationOptions {
  /** The campaign sets the command, so the image needs no entry point of its own. */
  commandGiven?: boolean;
  /** Where the runner mounts folders, besides the mounts of every container. */
  mountPoints?: readonly string[];
}

interface AcceptedConfiguration {
  /** A newly written OCI image configuration. */
  json: object;
  /** Settings of the image that are ignored although people may rely on them, in words that are safe to show. */
  withheld: string[];
}

/** A list, or a single text as in images of 2014. */
const texts = z
  .union([z.array(z.string()), z.string().transform((text) => [text])])
  .nullish()
  .transform((list) => list ?? []);
const schema = z.object({
  architecture: z.string(),
  os: z.string(),
  rootfs: z.object({ diff_ids: z.array(z.string()) }),
  history: z.unknown().optional(),
  config: z
    .object({
      Env: texts,
      Entrypoint: texts,
      Cmd: texts,
      WorkingDir: z.string().nullish(),
      User: z.unknown().optional(),
      Volumes: z.unknown().optional(),
      ExposedPorts: z.unknown().optional(),
      Healthcheck: z.unknown().optional(),
      StopSignal: z.unknown().optional(),
    })
    .nullish(),
});
type RunConfiguration = NonNullable<z.output<typeof schema>['config']>;

const platforms = ['amd64', 'x86_64', 'x86-64'];
const defaultMountPoints = ['/input', '/output'];

/**
 * Checks an image's configuration against its layers and writes the clean one that runs, with environment, command and work
 * folder only. `diffIds` and `tree` come from the layers as they were read. Throws a Refusal.
 */
export function acceptedConfiguration(
  config: unknown,
  diffIds: readonly string[],
  tree: ImageTree,
  { commandGiven = false, mountPoints = defaultMountPoints }: ConfigurationOptions = {},
): AcceptedConfiguration {
  const parsed = schema.safeParse(config);
  if (!parsed.success) refuse(`the image configuration is invalid: ${wordsFor(parsed.error.issues[0]?.path)}`);
  const { architecture, os, rootfs, history } = parsed.data;
  if (os.toLowerCase() !== 'linux' || !platforms.includes(architecture.toLowerCase())) {
    refuse('the image is built for a platform other than linux/amd64: build it with --platform linux/amd64');
  }
  if (rootfs.diff_ids.join() !== diffIds.join()) {
    refuse('the layers of the image are not those that its configuration names (diff_ids)');
  }
  const run = parsed.data.config ?? schema.shape.config.unwrap().unwrap().parse({});
  checkMountPoints(tree, mountPoints);
  checkCommandSize([...run.Entrypoint, ...run.Cmd]);
  const environment = acceptedEnvironment(run.Env);
  const workFolder = acceptedWorkFolder(run.WorkingDir ?? '', tree, mountPoints);
  if (!commandGiven) {
    const command = [...run.Entrypoint, ...run.Cmd][0];
    checkEntryPoint(command, { tree, workFolder: workFolder.path, path: environment.path, mountPoints });
  }
  return {
    json: {
      architecture: 'amd64',
      os: 'linux',
      config: { Env: environment.lines, Entrypoint: run.Entrypoint, Cmd: run.Cmd, WorkingDir: workFolder.path },
      rootfs: { type: 'layers', diff_ids: diffIds },
      ...acceptedHistory(history, diffIds.length),
    },
    withheld: [...withheldOf(run), ...workFolder.withheld, ...environment.withheld],
  };
}

function withheldOf({ User, Volumes, ExposedPorts, Healthcheck, StopSignal }: RunConfiguration): string[] {
  const isSet = (value: unknown): boolean => value != null && value !== '' && Object.keys(Object(value)).length > 0;
  const all = { USER: User, VOLUME: Volumes, EXPOSE: ExposedPorts, HEALTHCHECK: Healthcheck, STOPSIGNAL: StopSignal };
  return Object.entries(all).flatMap(([name, value]) => (isSet(value) ? [name] : []));
}

/** Only names from the schema are shown. */
function wordsFor(path: readonly PropertyKey[] = []): string {
  const names = path.filter((part) => typeof part === 'string');
  return names.length === 0 ? 'it is not an object' : `${names.join('.')} is missing or has the wrong type`;
}
