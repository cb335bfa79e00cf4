import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runnerTimings } from '../runner-timings.ts';
import { memoryGroups } from '../sandbox/cgroup.ts';

/** With systemd the group is `system.slice/docker-<id>.scope`; slices of an engine's own configuration nest. */
const deepest = 5;

/**
 * Measures from outside the memory of a container whose control group the engine made, where it allows no group around it: reads
 * the kernel's record of the peak, five times a second. The group goes with the container, and what came after the last reading
 * with it, so the peak may be too low.
 */
export class MemoryMeter {
  private highest: number | null = null;
  private group: string | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly root: string = memoryGroups.root) {}

  /** In bytes, page cache included; null if nothing was read. */
  get peakBytes(): number | null {
    return this.highest;
  }

  /** `id`: the full id of the container, which may not have started. */
  follow(id: string): void {
    this.timer = setInterval(() => void this.sample(id), runnerTimings.outputSample);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async sample(id: string): Promise<void> {
    this.group ??= await groupNamed(this.root, id, deepest);
    if (this.group === undefined) return;
    const bytes = await readFile(join(this.group, memoryGroups.peakFile), 'utf8').then(Number, () => null);
    if (bytes !== null) this.highest = Math.max(this.highest ?? 0, bytes);
  }
}

/** The highest group below `folder` whose name contains the id. */
async function groupNamed(folder: string, id: string, levels: number): Promise<string | undefined> {
  // Groups come and go meanwhile.
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found = names.find((name) => name.includes(id));
  if (found !== undefined || levels === 1) return found && join(folder, found);
  for (const name of names) {
    const inner = await groupNamed(join(folder, name), id, levels - 1);
    if (inner !== undefined) return inner;
  }
  return undefined;
}
