import { instanceTypeOf, jobMemoryMiB } from '../../../src/campaign/model/classes/instance-types.ts';
import type { ClassSettings, InfraSettings } from './infra-settings.ts';

/** What is wrong with the settings, one line per fault, each with the name of the setting and its value. */
export function faultsOf(settings: InfraSettings): string[] {
  const { region, account, prefix, zones, s3PrefixList, runnerDigest, diskGiB, classes, budget, mayAssume } = settings;
  return [
    ...unless(/^[a-z]{2}(-[a-z]+)+-\d$/.test(region), `region: ${shown(region)} is no region`),
    ...unless(account === undefined || /^\d{12}$/.test(account), `account: ${shown(account)} is not 12 digits`),
    ...prefixFaults(prefix),
    ...unless(Number.isInteger(zones) && zones >= 1 && zones <= 6, `zones: ${zones} is not 1 to 6`),
    ...unless(/^pl-[0-9a-f]{8,}$/.test(s3PrefixList), `s3PrefixList: ${shown(s3PrefixList)} is no prefix list`),
    ...unless(
      /^sha256:[0-9a-f]{64}$/.test(runnerDigest),
      `runnerDigest: ${shown(runnerDigest)} is no digest; a tag could be moved to another image`,
    ),
    ...unless(diskGiB >= 50, `diskGiB: ${diskGiB} is less than 50, which images and runs need`),
    ...unless(budget.usdPerMonth > 0, `budget.usdPerMonth: ${budget.usdPerMonth} is no amount`),
    ...unless(/^\S+@\S+$/.test(budget.alarmEmail), `budget.alarmEmail: ${shown(budget.alarmEmail)} is no address`),
    ...unless(classes.length > 0, 'classes: there is none'),
    ...classes.flatMap((one) => classFaults(prefix, one)),
    ...collisions(classes),
    ...Object.entries(mayAssume).flatMap(([role, arns]) => arns.flatMap((arn) => principalFaults(role, arn))),
  ];
}

/** A session ends within hours; the role behind it stays. */
function principalFaults(role: string, arn: string): string[] {
  const at = `mayAssume.${role}: ${shown(arn)}`;
  if (/^arn:aws[a-z-]*:sts:/.test(arn)) return [`${at} is a session; name its role, arn:aws:iam::ACCOUNT:role/NAME`];
  return unless(
    /^arn:aws[a-z-]*:iam::\d{12}:(?:root|(?:role|user)\/\S+)$/.test(arn),
    `${at} is no ARN of a role, a user or an account`,
  );
}

/** Bucket names are global and have at most 63 characters; the longest name after the prefix is holdout-results. */
function prefixFaults(prefix: string): string[] {
  if (prefix === '')
    return ['prefix: it is empty; bucket names are global, so holdout-labels may belong to a stranger'];
  return unless(
    /^[a-z0-9][a-z0-9-]{0,30}-$/.test(prefix),
    `prefix: ${shown(prefix)} is not 1 to 31 of a-z, 0-9 and -, with a final -`,
  );
}

function classFaults(prefix: string, settings: ClassSettings): string[] {
  const { name, queue, instanceType, instances, vcpus, memoryMiB, gpus, purchase, imageId } = settings;
  const at = (text: string): string => `classes: ${name}: ${text}`;
  const type = instanceTypeOf(instanceType);
  const own = [
    ...unless(
      /^[A-Za-z0-9_-]+$/.test(queue) && `${prefix}${queue}`.length <= 128,
      at(`queue: ${shown(queue)} is no name of a queue`),
    ),
    // A campaign file has it, where the settings do not.
    ...unless(
      prefix === '' || !queue.startsWith(prefix),
      at(`queue: ${shown(queue)} has the prefix already; the queue would be ${prefix}${queue}`),
    ),
    ...unless(['on-demand', 'spot'].includes(purchase), at(`purchase: ${shown(purchase)} is not on-demand or spot`)),
    ...unless(Number.isInteger(instances) && instances > 0, at(`instances: ${instances} is no number of instances`)),
  ];
  if (type === undefined)
    return [...own, at(`${instanceType} is not in src/campaign/model/classes/instance-types.ts; add it there`)];
  const has = type.gpus?.count ?? 0;
  return [
    ...own,
    ...unless(gpus === has, at(`gpus is ${gpus}, but ${instanceType} has ${has}`)),
    ...unless(
      vcpus === type.vcpus,
      at(`vcpus is ${vcpus}, but ${instanceType} has ${type.vcpus}; with fewer, two jobs would share an instance`),
    ),
    ...unless(
      memoryMiB <= jobMemoryMiB(type),
      at(`memoryMiB is ${memoryMiB}; on ${instanceType} a job gets at most about ${jobMemoryMiB(type)}`),
    ),
    ...unless(
      type.hasImageOfBatch || imageId !== undefined,
      at(`${instanceType} needs imageId; AWS Batch chooses no image for its GPU (docs/aws.md names one)`),
    ),
  ];
}

/** A queue belongs to one class; names of job definitions have - for everything that Batch does not allow. */
function collisions(classes: readonly ClassSettings[]): string[] {
  const repeated = (what: string, names: string[]): string[] =>
    [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
      (name) => `classes: two have the ${what} ${name}`,
    );
  return [
    ...repeated(
      'queue',
      classes.map(({ queue }) => queue),
    ),
    ...repeated(
      'job definition',
      classes.map(({ name }) => name.replaceAll(/[^A-Za-z0-9_-]/g, '-')),
    ),
  ];
}

const unless = (isRight: boolean, fault: string): string[] => (isRight ? [] : [fault]);
const shown = (value: string | undefined): string => JSON.stringify(value ?? '');
