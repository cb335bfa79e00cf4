import type { JobDefinition as RegisteredDefinition } from '@aws-sdk/client-batch';
import type { JobDefinition } from './job-definition.ts';

/** Fields that Batch itself sets, and tags: CloudFormation and cost allocation add their own, and no job runs otherwise by them. */
const byOthers = ['jobDefinitionArn', 'revision', 'status', 'containerOrchestrationType', 'tags'];

/**
 * Whether a registered revision says the same as `wanted`. Batch adds its own fields, empty lists, `false` and 0, and may list
 * variables in another order; none of these is a difference. A value that somebody else added is one.
 */
export function isSameDefinition(wanted: JobDefinition, registered: RegisteredDefinition): boolean {
  const rest = Object.entries(registered).filter(([name]) => !byOthers.includes(name));
  return canonical(wanted) === canonical(Object.fromEntries(rest));
}

/** JSON without empty values, with sorted names and lists; a command keeps its order. */
const canonical = (value: unknown): string => JSON.stringify(normal(value)) ?? '';

function normal(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) {
    const entries = value.map((entry) => normal(entry));
    if (entries.length === 0) return undefined;
    return name === 'command' ? entries : entries.sort((one, other) => (canonical(one) < canonical(other) ? -1 : 1));
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.keys(value)
      .sort()
      .map((key) => [key, normal((value as Record<string, unknown>)[key], key)] as const)
      .filter(([, field]) => field !== undefined);
    return fields.length === 0 ? undefined : Object.fromEntries(fields);
  }
  return value === null || value === false || value === 0 || value === '' ? undefined : value;
}

/** The names of the parts in which a registered revision differs from `wanted`: `image`, `timeout`. */
export function differingParts(wanted: JobDefinition, registered: RegisteredDefinition): string[] {
  const [ours, theirs] = [partsOf(wanted), partsOf(registered)];
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])]
    .filter(
      (name) => !byOthers.includes(name) && canonical({ [name]: ours[name] }) !== canonical({ [name]: theirs[name] }),
    )
    .sort();
}

/** The properties of the container beside the others. */
const partsOf = ({ containerProperties, ...rest }: JobDefinition | RegisteredDefinition): Record<string, unknown> => ({
  ...rest,
  ...containerProperties,
});
