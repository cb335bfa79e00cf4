/** A mount of a container, by proc_pid_mountinfo(5). */
export interface ContainerMount {
  point: string;
  options: string[];
  /** Of the file system itself. */
  superOptions: string[];
}

/** The mounts of a container; of several on one point the last one counts. */
export function mountsIn(mountinfo: string | undefined): Map<string, ContainerMount> {
  const mounts = new Map<string, ContainerMount>();
  for (const line of mountinfo?.split('\n') ?? []) {
    const [mount = '', fileSystem = ''] = line.split(' - ');
    const [, , , , point, options] = mount.split(' ');
    if (point === undefined || options === undefined) continue;
    const superOptions = fileSystem.split(' ')[2]?.split(',') ?? [];
    mounts.set(point, { point, options: options.split(','), superOptions });
  }
  return mounts;
}

/** Faults of a mount that must be there with these options. */
export function mountFaults(mounts: Map<string, ContainerMount>, point: string, wanted: readonly string[]): string[] {
  const found = mounts.get(point);
  if (found === undefined) return [`${point} is no mount of its own`];
  return wanted.filter((option) => !found.options.includes(option)).map((option) => `${point} is not ${option}`);
}

/** A fault if a file system in memory is larger than `mebibytes`, or of no stated size. */
export function sizeFaults(mounts: Map<string, ContainerMount>, point: string, mebibytes: number): string[] {
  const option = mounts.get(point)?.superOptions.find((text) => text.startsWith('size='));
  const kibibytes = Number(/^size=(\d+)k$/.exec(option ?? '')?.[1]);
  if (kibibytes <= mebibytes * 1024) return [];
  return [`${point} is not limited to ${mebibytes} MiB (${option ?? 'no size'})`];
}
