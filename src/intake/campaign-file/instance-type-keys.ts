import {
  instanceTypeOf,
  instanceTypes,
  jobMemoryMiB,
  type InstanceType,
} from '../../campaign/model/classes/instance-types.ts';
import { counted, quoted } from '../../safe-text.ts';
import type { Section } from './campaign-schema.ts';
import { suggestion } from './suggestion.ts';

type Written = Record<string, unknown>;

/** Adds the keys of a class that follow from its `type`, unless the file states them. */
export function withKeysOfType(written: unknown): unknown {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return written;
  const row: Written = { ...written };
  const { type: name } = row;
  const type = typeof name === 'string' ? instanceTypeOf(name) : undefined;
  return type === undefined ? row : { name, ...keysOf(type, row), ...row };
}

/** The price of a Spot machine does not follow from its type. */
function keysOf(type: InstanceType, { kind, gpus, purchase }: Written): Written {
  const { vcpus, gpus: devices, microUsdPerHour } = type;
  return {
    kind: devices === undefined ? 'cpu' : 'gpu',
    ...(devices !== undefined && kind !== 'cpu' && { gpus: gpus ?? devices.count, gpuMemoryMiB: devices.memoryMiB }),
    vcpus,
    memoryMiB: jobMemoryMiB(type),
    ...(purchase !== 'spot' && { usdPerHour: microUsdPerHour / 1e6 }),
  };
}

/** A job has its host to itself, so a class has exactly what its instance type has. */
export function checkType(row: Section<'instanceClasses'>, at: (key: keyof typeof row, message: string) => void): void {
  if (row.type === undefined) return;
  const type = instanceTypeOf(row.type);
  const known = Object.keys(instanceTypes);
  if (type === undefined) {
    const near = suggestion(row.type, known) || `; known types: ${known.join(', ')}`;
    return at('type', `is ${quoted(row.type)}, which Holdout does not know: leave it out and state what it has${near}`);
  }
  const { vcpus, memoryMiB, gpus } = type;
  const count = gpus?.count ?? 0;
  const ofClass = row.kind === 'gpu' ? (row.gpus ?? 1) : 0;
  if (row.vcpus !== undefined && row.vcpus !== vcpus)
    at('vcpus', `is ${row.vcpus}, but ${row.type} has ${vcpus}, and a job has its machine to itself`);
  if (row.memoryMiB !== undefined && row.memoryMiB >= memoryMiB)
    at(
      'memoryMiB',
      `is ${row.memoryMiB}, but ${row.type} has ${memoryMiB}, of which ECS offers less: no job would start`,
    );
  if (row.kind === 'gpu' && row.gpu !== 'emulated' && ofClass !== count)
    at('gpus', `is ${ofClass}, but ${row.type} has ${counted(count, 'GPU')}, and a submission gets every one`);
}
