import { settings } from '../settings.ts';
import type { ClassSettings, InfraSettings } from '../src/settings/infra-settings.ts';

const gpu: ClassSettings = {
  name: 'g4dn.xlarge',
  queue: 'holdout-g4',
  instanceType: 'g4dn.xlarge',
  instances: 2,
  vcpus: 4,
  memoryMiB: 15_000,
  gpus: 1,
  purchase: 'on-demand',
};

/** Settings that are refused, each with what the refusal says. */
export const faultySettings: readonly { name: string; change: Partial<InfraSettings>; says: RegExp }[] = [
  { name: 'no prefix', change: { prefix: '' }, says: /^prefix: it is empty; bucket names are global/ },
  { name: 'a prefix without a final hyphen', change: { prefix: 'acme' }, says: /^prefix: "acme" is not/ },
  { name: 'capitals in the prefix', change: { prefix: 'Acme-' }, says: /^prefix: "Acme-" is not/ },
  { name: 'a prefix that makes names too long', change: { prefix: `${'a'.repeat(40)}-` }, says: /^prefix: / },
  {
    name: 'a tag instead of a digest',
    change: { runnerDigest: 'latest' },
    says: /^runnerDigest: "latest" is no digest/,
  },
  { name: 'an alias as account', change: { account: 'acme' }, says: /^account: "acme" is not 12 digits/ },
  { name: 'a zone as region', change: { region: 'us-east-1a' }, says: /^region: "us-east-1a" is no region/ },
  { name: 'no classes', change: { classes: [] }, says: /^classes: there is none/ },
  {
    name: 'fewer GPUs than the instance has',
    change: { classes: [{ ...gpu, instanceType: 'g5.12xlarge', vcpus: 48, memoryMiB: 180_000 }] },
    says: /gpus is 1, but g5\.12xlarge has 4/,
  },
  {
    name: 'fewer vCPUs than the instance has',
    change: { classes: [{ ...gpu, vcpus: 2 }] },
    says: /vcpus is 2, but g4dn\.xlarge has 4; with fewer, two jobs would share an instance/,
  },
  {
    name: 'more memory than ECS registers',
    change: { classes: [{ ...gpu, memoryMiB: 16_384 }] },
    says: /memoryMiB is 16384; on g4dn\.xlarge a job gets at most about 15308/,
  },
  {
    name: 'a CPU class on a GPU instance',
    change: { classes: [{ ...gpu, gpus: 0 }] },
    says: /gpus is 0, but g4dn\.xlarge has 1/,
  },
  {
    name: 'P3 on the image that Batch chooses',
    change: { classes: [{ ...gpu, instanceType: 'p3.2xlarge', vcpus: 8, memoryMiB: 59_000 }] },
    says: /p3\.2xlarge needs imageId; AWS Batch chooses no image for its GPU/,
  },
  {
    name: 'an unknown instance type',
    change: { classes: [{ ...gpu, instanceType: 'g7.xlarge' }] },
    says: /g7\.xlarge is not in src\/campaign\/model\/classes\/instance-types\.ts/,
  },
  {
    name: 'a queue that has the prefix already',
    change: { classes: [{ ...gpu, queue: 'example-holdout-g4' }] },
    says: /^classes: g4dn\.xlarge: queue: "example-holdout-g4" has the prefix already/,
  },
  {
    name: 'one queue for two classes',
    change: { classes: [gpu, { ...gpu, name: 'other' }] },
    says: /^classes: two have the queue holdout-g4/,
  },
  {
    name: 'names that collide without dots',
    change: { classes: [gpu, { ...gpu, name: 'g4dn-xlarge', queue: 'other' }] },
    says: /^classes: two have the job definition g4dn-xlarge/,
  },
  {
    name: 'a budget without an address',
    change: { budget: { ...settings.budget, alarmEmail: '' } },
    says: /^budget\.alarmEmail: "" is no address/,
  },
  {
    name: 'a purchase that does not exist',
    change: { classes: [{ ...gpu, purchase: 'reserved' as 'spot' }] },
    says: /purchase: "reserved" is not on-demand or spot/,
  },
  {
    name: 'a session that may assume a role',
    change: { mayAssume: { ...settings.mayAssume, operator: ['arn:aws:sts::210987654321:assumed-role/admin/ann'] } },
    says: /^mayAssume\.operator: "arn:aws:sts::210987654321:assumed-role\/admin\/ann" is a session; name its role/,
  },
  {
    name: 'a name that may assume a role',
    change: { mayAssume: { ...settings.mayAssume, worker: ['worker-host'] } },
    says: /^mayAssume\.worker: "worker-host" is no ARN/,
  },
];
