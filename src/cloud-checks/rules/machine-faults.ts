import type { Actor } from '../../errors/actor.ts';
import { counted } from '../../safe-text.ts';
import { instanceTypeOf, jobMemoryMiB } from '../../campaign/model/classes/instance-types.ts';

/** Why something cannot be used, who can correct it, and the next command. */
export interface Fault {
  why: string;
  who: Actor;
  next: string;
}

/** What a job of a class takes. */
export interface JobSize {
  vcpus: number;
  memoryMiB: number;
  gpus: number;
}

/**
 * Why jobs of this size do not fill one machine of this type, which must run one job at a time. Undefined also for a type that
 * is not in the table.
 */
export function machineFault(size: JobSize, typeName: string): Fault | undefined {
  const type = instanceTypeOf(typeName);
  if (type === undefined) return undefined;
  const correct = (key: string, value: number): string =>
    `Set ${key}: ${value} in the campaign file and in infra/settings.ts, then: npm --prefix infra run deploy -- --all`;
  const gpus = type.gpus?.count ?? 0;
  if (size.gpus !== gpus) {
    return {
      why: `takes ${counted(size.gpus, 'GPU')}, but ${typeName} has ${gpus}; a run is valid only if every GPU of its machine is measured`,
      who: 'operator',
      next: 'Use an instance type with as many GPUs as the class, in the campaign file and in infra/settings.ts.',
    };
  }
  if (size.vcpus < type.vcpus) {
    return {
      why: `takes ${size.vcpus} vCPUs of the ${type.vcpus} of ${typeName}, so that two jobs would share a machine`,
      who: 'operator',
      next: correct('vcpus', type.vcpus),
    };
  }
  if (size.vcpus > type.vcpus) {
    return {
      why: `takes ${size.vcpus} vCPUs, but ${typeName} has ${type.vcpus}; its jobs would wait for ever`,
      who: 'operator',
      next: correct('vcpus', type.vcpus),
    };
  }
  const most = jobMemoryMiB(type);
  if (size.memoryMiB > most) {
    return {
      why: `takes ${size.memoryMiB} MiB of memory, but a job on ${typeName} gets at most about ${most}; its jobs would wait for ever`,
      who: 'operator',
      next: correct('memoryMiB', most),
    };
  }
  return undefined;
}

/** A class that takes a smaller share of what a job on its machine can have is told. */
const enoughMemory = 0.9;

/**
 * What jobs of this size leave unused of the memory of a machine that they have for themselves; undefined also for a type that is
 * not in the table. It is no fault: vCPUs decide that no second job comes to the machine, so that less memory wastes and does
 * not share. And what ECS registers is not known to the MiB, so that some room is right.
 */
export function unusedMemory({ memoryMiB }: JobSize, typeName: string): string | undefined {
  const type = instanceTypeOf(typeName);
  if (type === undefined || memoryMiB >= enoughMemory * jobMemoryMiB(type)) return undefined;
  const most = jobMemoryMiB(type);
  return `takes ${memoryMiB} MiB of memory of the about ${most} that a job on ${typeName} can have; the rest is paid for and no submission can use it (memoryMiB: ${most})`;
}
