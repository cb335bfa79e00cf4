import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Remains } from '../../campaign/invariants/facts.ts';
import { runCommand } from '../../run-command.ts';
import { groupsIn } from '../cgroups.ts';
import { readJsonFile } from '../json-file.ts';
import { mountsBelow } from '../mounts.ts';
import { runningProcess } from '../process-identity.ts';
import { homeLabel } from '../tools/find-engine.ts';
import { openIdentity } from './home/home-identity.ts';
import type { Home } from './home/home.ts';
import { jobsFolder } from './parts/batch.ts';
import type { StackFile } from './prepare-parts.ts';

/** What jobs have on this machine. */
export interface JobsOnHost {
  remains: Remains[];
  /** Why the containers could not be listed; undefined if they could. */
  unlisted: string | undefined;
}

/** Everything that these jobs of a home have on this machine now. Removes nothing. */
export async function jobsOnHost(home: Home, jobs: ReadonlySet<string>): Promise<JobsOnHost> {
  const mounts = await mountsBelow(home.folder);
  const folder = join(home.scratch, 'runs');
  const folders = existsSync(folder) ? readdirSync(folder) : [];
  const containers = await containersOf(home);
  const named = (kind: Remains['kind'], names: readonly string[], jobOf: (name: string) => string | undefined) =>
    names.flatMap((what): Remains[] => {
      const jobId = jobOf(what);
      return jobId !== undefined && jobs.has(jobId) ? [{ kind, jobId, what }] : [];
    });
  const running = [...jobs].filter((jobId) => runningProcess(join(jobsFolder(home), jobId, 'process')) !== undefined);
  return {
    unlisted: containers.unlisted,
    remains: [
      ...named(
        'container',
        containers.names,
        (name) => /^ho-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/.exec(name)?.[1],
      ),
      ...named('process', running, (jobId) => jobId),
      ...named('control group', groupsIn('holdout'), (jobId) => jobId),
      ...named('mount', mounts, (point) => jobOfPath(folder, point)),
      ...named('folder', folders, (jobId) => jobId),
    ],
  };
}

const jobOfPath = (folder: string, path: string): string | undefined =>
  path.startsWith(`${folder}/`) ? path.slice(folder.length + 1).split('/')[0] : undefined;

/** The names of all containers of a home, ended ones too. */
async function containersOf(home: Home): Promise<{ names: string[]; unlisted: string | undefined }> {
  const engine = readJsonFile<StackFile>(home.stack)?.engine;
  if (engine === undefined) return { names: [], unlisted: undefined };
  const [program = engine.name, ...flags] = engine.command;
  const filter = ['--filter', `label=${homeLabel(openIdentity(home))}`];
  const args = [...flags, 'ps', '--all', '--format', '{{.Names}}', ...filter];
  const { status, stdout, stderr } = await runCommand(program, args, { timeout: 30_000 });
  const names = stdout.split('\n').filter((line) => line !== '');
  return { names, unlisted: status === 0 ? undefined : `${program}: ${stderr.split('\n').at(-1) ?? ''}` };
}
