import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { retryFor } from '../../retry-for.ts';
import { runnerTimings } from '../runner-timings.ts';

const root = '/sys/fs/cgroup';
const unified = existsSync(join(root, 'cgroup.controllers'));

/** The folder of the control groups that limit memory, and the file of each with its peak in bytes (v2: since Linux 5.19). */
export const memoryGroups = {
  root: join(root, unified ? '' : 'memory'),
  peakFile: unified ? 'memory.peak' : 'memory.max_usage_in_bytes',
} as const;

/**
 * The control group around a run's container. The kernel's log names it, and its peak outlives the container's own group,
 * which the engine removes immediately.
 */
export class RunCgroup {
  private readonly memoryFolder: string;

  /** `path` as in `--cgroup-parent`: `/holdout/<jobId>`. */
  constructor(readonly path: string) {
    this.memoryFolder = join(memoryGroups.root, path);
  }

  async create(limitBytes: number): Promise<void> {
    await mkdir(this.memoryFolder, { recursive: true });
    if (unified) {
      for (const folder of [root, join(root, 'holdout')]) {
        await writeFile(join(folder, 'cgroup.subtree_control'), '+memory +pids +cpu');
      }
    }
    await writeFile(join(this.memoryFolder, unified ? 'memory.max' : 'memory.limit_in_bytes'), String(limitBytes));
  }

  /** Peak usage in bytes, page cache included; null if the kernel does not record it (v2 before Linux 5.19). */
  async peakBytes(): Promise<number | null> {
    return readFile(join(this.memoryFolder, memoryGroups.peakFile), 'utf8').then(Number, () => null);
  }

  /** Processes and threads in it now; null if that cannot be read. */
  async processes(): Promise<number | null> {
    const file = join(root, unified ? '' : 'pids', this.path, 'pids.current');
    return readFile(file, 'utf8').then(Number, () => null);
  }

  /** How often the limit was hit and how many processes the kernel killed; undefined on v1, where both stay 0. */
  async memoryEvents(): Promise<{ limitHits: number; kills: number } | undefined> {
    if (!unified) return undefined;
    const events = await readFile(join(this.memoryFolder, 'memory.events'), 'utf8');
    const count = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(events)?.[1] ?? 0);
    return { limitHits: count('oom'), kills: count('oom_kill') };
  }

  /** Removes the group, if it exists, from every hierarchy, inner groups first. */
  async remove(): Promise<void> {
    const hierarchies = unified ? [''] : await readdir(root);
    for (const hierarchy of hierarchies) await removeTree(join(root, hierarchy, this.path));
  }
}

async function removeTree(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  }
  // The last process of a killed container may still be exiting.
  await retryFor(() => removeEmpty(folder), { limit: runnerTimings.cgroupRemoval, firstPause: 50 });
}

const removeEmpty = (folder: string): Promise<void> =>
  rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
