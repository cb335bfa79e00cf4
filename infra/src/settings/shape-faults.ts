import type { ClassSettings, InfraSettings } from './infra-settings.ts';

type Kind = 'text' | 'number' | 'list' | 'object';
/** What a setting is; with `?` it may be absent. */
type Shape<Of> = { [Name in keyof Required<Of>]: Kind | `${Kind}?` };

const shape: Shape<InfraSettings> = {
  region: 'text',
  account: 'text?',
  prefix: 'text',
  zones: 'number',
  s3PrefixList: 'text',
  runnerDigest: 'text',
  diskGiB: 'number',
  classes: 'list',
  budget: 'object',
  mayAssume: 'object',
};
const shapeOfClass: Shape<ClassSettings> = {
  name: 'text',
  queue: 'text',
  instanceType: 'text',
  instances: 'number',
  vcpus: 'number',
  memoryMiB: 'number',
  gpus: 'number',
  gpuMemoryMiB: 'number?',
  purchase: 'text',
  imageId: 'text?',
};
const shapeOfBudget: Shape<InfraSettings['budget']> = { usdPerMonth: 'number', alarmEmail: 'text' };
const shapeOfRoles: Shape<InfraSettings['mayAssume']> = {
  worker: 'list',
  scorer: 'list',
  operator: 'list',
  breakGlass: 'list',
};

/** What is missing in the settings, is of another kind, or has a name that does not exist; tsx does not check types. */
export function shapeFaults(settings: unknown): string[] {
  if (!isObject(settings)) return ['settings: the file has to export them, see infra/src/settings/infra-settings.ts'];
  const { classes, budget, mayAssume } = settings;
  return [
    ...faultsIn('', settings, shape),
    ...(Array.isArray(classes) ? classes : []).flatMap((one: unknown, index) =>
      isObject(one) ? faultsIn(`classes[${index}].`, one, shapeOfClass) : [`classes[${index}]: it is no object`],
    ),
    ...(isObject(budget) ? faultsIn('budget.', budget, shapeOfBudget) : []),
    ...(isObject(mayAssume) ? faultsIn('mayAssume.', mayAssume, shapeOfRoles) : []),
  ];
}

function faultsIn(place: string, values: Record<string, unknown>, kinds: Record<string, string>): string[] {
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(kinds, name));
  return [
    ...unknown.map((name) => `${place}${name}: there is no such setting`),
    ...Object.entries(kinds).flatMap(([name, kind]) => {
      const found = kindOf(values[name]);
      if (found === kind.replace('?', '') || (found === undefined && kind.endsWith('?'))) return [];
      return [`${place}${name}: ${found === undefined ? 'it is missing' : `it is no ${kind.replace('?', '')}`}`];
    }),
  ];
}

function kindOf(value: unknown): Kind | 'something else' | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return 'list';
  if (isObject(value)) return 'object';
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'something else';
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
