import type { DrillEvidence } from '../drill-findings.ts';
import { bait, type ProgramFindings } from '../program/hostile-program.ts';
import { errno } from '../program/call-numbers.ts';
import { type Judgement, notRefused, unless } from './faults.ts';
import { mountFaults, mountsIn } from './mount-faults.ts';

type Seen = Omit<DrillEvidence, 'findings'>;
const { EROFS, EACCES, EPERM } = errno;

/** Where the kernel's own file systems are; they are writable mounts everywhere, to nobody but root. */
const ofKernel = /^\/(?:proc|sys|dev)(?:\/|$)/;

/**
 * Sockets of NVIDIA's daemons, which its runtime mounts into every container with `utility` (libnvidia-container,
 * src/nvc_mount.c). A read-only mount of a socket would change nothing; the daemons obey only root.
 */
const ofDriver = /^(?:\/var)?\/run\/nvidia-(?:persistenced|fabricmanager)\/socket$/;

/** It can write nowhere but to its output, its temporary folders and its device. */
export function judgeRoot({ rootWrites, mounts }: ProgramFindings, { expected }: Pick<Seen, 'expected'>): Judgement {
  const all = mountsIn(mounts);
  const writable = [...all.values()].filter(({ options }) => !options.includes('ro')).map(({ point }) => point);
  const allowed = [expected.output, '/tmp'];
  // Judged by themselves.
  const mustBeReadOnly = ['/', '/etc/hosts', expected.input];
  const image = [...rootWrites].filter(([path]) => path.startsWith(bait.imageFolder) || path.startsWith(bait.volume));
  const others = [...rootWrites].filter(([path]) => !image.some(([of]) => of === path));
  return {
    faults: [
      ...notRefused(image, [EROFS]),
      ...notRefused(others, [EROFS, EACCES, EPERM]),
      ...['/', '/etc/hosts', '/proc/sys'].flatMap((point) => mountFaults(all, point, ['ro'])),
      ...writable
        .filter((point) => ![ofKernel, ofDriver].some((known) => known.test(point)))
        .filter((point) => ![...allowed, ...mustBeReadOnly].includes(point))
        .map((point) => `${point} is a writable mount`),
    ],
    seen: `${rootWrites.size} writes refused; writable: ${allowed.join(', ')}`,
  };
}

/** It can neither change nor remove its inputs, nor add to them. */
export function judgeInputs({ inputWrites, mounts }: ProgramFindings, { expected, outside }: Seen): Judgement {
  return {
    faults: [
      ...notRefused(inputWrites, [EROFS]),
      ...mountFaults(mountsIn(mounts), expected.input, ['ro']),
      ...unless(!outside.inputsChanged, 'the inputs on the host have changed'),
    ],
    seen: `${inputWrites.size} changes refused`,
  };
}
