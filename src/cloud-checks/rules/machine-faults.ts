import { counted } from '../../safe-text.ts';
import { instanceTypeOf, jobMemoryMiB } from '../../campaign/model/classes/instance-types.ts';

/** Why something cannot be used, and the next command. */
export interface Fault {
  why: string;
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
      next: 'Use an instance type with as many GPUs as the class, in the campaign file and in infra/settings.ts.',
    };
  }
  if (size.vcpus < type.vcpus) {
    return {
      why: `takes ${size.vcpus} vCPUs of the ${type.vcpus} of ${typeName}, so that two jobs would share a machine`,
      next: correct('vcpus', type.vcpus),
    };
  }
  if (size.vcpus > type.vcpus) {
    return {
      why: `takes ${size.vcpus} vCPUs, but ${typeName} has ${type.vcpus}; its jobs would wait for ever`,
      next: correct('vcpus', type.vcpus),
    };
  }
  const most = jobMemoryMiB(type);
  if (size.memoryMiB > most) {
    return {
      why: `takes ${size.memoryMiB} MiB of memory, but a job on ${typeName} gets at most about ${most}; its jobs would wait for ever`,
      next: correct('memoryMiB', most),
    };
  }
  return undefined;
}
