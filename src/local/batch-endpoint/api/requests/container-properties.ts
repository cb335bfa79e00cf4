import { z } from 'zod';
import { environment, mustNotBeGiven, resourceRequirements, without } from './fields.ts';

const onlyFargate = (field: string) => mustNotBeGiven(`is refused: ${field} not applicable for EC2.`);
const deprecated = 'use of deprecated vcpus and memory: give resourceRequirements';

/** AWS does not list `@` here, but its own examples name images by digest. */
const image = z
  .string({ error: 'is needed: Container image cannot be empty' })
  .regex(/^[A-Za-z0-9_:./#@-]{1,255}$/, 'must have 1 to 255 letters, digits and _ : . / # @ -');

const arn = z.string().regex(/^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$/, 'must be an ARN');
const path = z.string().regex(/^\//, 'must be an absolute path');
const volumeName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,255}$/, 'must have 1 to 255 letters, digits, hyphens and underscores');

const volume = z.strictObject({
  name: volumeName,
  host: z.strictObject({ sourcePath: path.optional() }).optional(),
  efsVolumeConfiguration: without('EFS'),
  s3filesVolumeConfiguration: without('S3 Files'),
});

const mountPoint = z.strictObject({
  sourceVolume: volumeName,
  containerPath: path,
  readOnly: z.boolean().optional(),
});

const ulimitNames =
  /^(?:core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|rttime|sigpending|stack)$/;
const ulimit = z
  .strictObject({ name: z.string().regex(ulimitNames, 'is no ulimit'), softLimit: z.int(), hardLimit: z.int() })
  .refine(({ softLimit, hardLimit }) => softLimit <= hardLimit, 'softLimit must not exceed hardLimit');

const mountOptions =
  /^(?:defaults|ro|rw|(?:no)?(?:suid|dev|exec|mand|atime|diratime|relatime|strictatime)|a?sync|dirsync|remount|r?bind|r?unbindable|r?private|r?shared|r?slave|mode|uid|gid|nr_inodes|nr_blocks|mpol)(?:=.*)?$/;

const linuxParameters = z.strictObject({
  devices: z
    .array(
      z.strictObject({
        hostPath: path,
        containerPath: path.optional(),
        permissions: z.array(z.enum(['READ', 'WRITE', 'MKNOD'])).optional(),
      }),
    )
    .optional(),
  initProcessEnabled: z.boolean().optional(),
  sharedMemorySize: z.int().min(1).optional(),
  tmpfs: z
    .array(
      z.strictObject({
        containerPath: path,
        size: z.int().min(1),
        mountOptions: z.array(z.string().regex(mountOptions, 'is no mount option')).optional(),
      }),
    )
    .optional(),
  maxSwap: z.int().min(0).optional(),
  swappiness: z.int().min(0).max(100).optional(),
});

const secret = z.strictObject({ name: z.string().min(1), valueFrom: z.string().min(1) });

const logConfiguration = z.strictObject({
  logDriver: z.enum(['json-file', 'syslog', 'journald', 'gelf', 'fluentd', 'awslogs', 'splunk', 'awsfirelens']),
  options: z.record(z.string(), z.string()).optional(),
  secretOptions: z.array(secret).optional(),
});

const isUnique = (values: readonly string[]): boolean => new Set(values).size === values.length;

/** The container of a job on EC2, by the rules of the service model and the user guide. */
export const containerProperties = z
  .strictObject({
    image,
    command: z.array(z.string()).optional(),
    jobRoleArn: arn.optional(),
    executionRoleArn: arn.optional(),
    volumes: z.array(volume).optional(),
    environment: environment.optional(),
    mountPoints: z.array(mountPoint).optional(),
    readonlyRootFilesystem: z.boolean().optional(),
    privileged: z.boolean().optional(),
    ulimits: z.array(ulimit).optional(),
    // The second part is Docker's: a group, or numbers.
    user: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,30}(?::[A-Za-z0-9_][A-Za-z0-9_-]{0,30})?$/, 'is no user')
      .optional(),
    resourceRequirements: resourceRequirements.default([]),
    linuxParameters: linuxParameters.optional(),
    logConfiguration: logConfiguration.optional(),
    secrets: z.array(secret).optional(),
    enableExecuteCommand: z.boolean().optional(),
    repositoryCredentials: z.strictObject({ credentialsParameter: z.string().min(1) }).optional(),
    vcpus: without(deprecated),
    memory: without(deprecated),
    instanceType: mustNotBeGiven('is refused: it is for multi-node parallel jobs'),
    networkConfiguration: onlyFargate('networkConfiguration'),
    fargatePlatformConfiguration: onlyFargate('fargatePlatformConfiguration'),
    ephemeralStorage: onlyFargate('ephemeralStorage'),
    runtimePlatform: onlyFargate('runtimePlatform'),
  })
  .superRefine(({ volumes = [], mountPoints = [], resourceRequirements: needs }, context) => {
    const types = needs.map(({ type }) => type);
    if (!types.includes('VCPU')) context.addIssue('vCPU is not provided.');
    if (!types.includes('MEMORY')) context.addIssue('Memory is not provided.');
    const names = volumes.map(({ name }) => name);
    if (!isUnique(names)) context.addIssue({ code: 'custom', path: ['volumes'], message: 'has a name twice' });
    if (!isUnique(mountPoints.map(({ containerPath }) => containerPath))) {
      context.addIssue({ code: 'custom', path: ['mountPoints'], message: 'has a containerPath twice' });
    }
    for (const [index, { sourceVolume }] of mountPoints.entries()) {
      if (names.includes(sourceVolume)) continue;
      const message = `names the volume ${sourceVolume}, which is not in volumes`;
      context.addIssue({ code: 'custom', path: ['mountPoints', index, 'sourceVolume'], message });
    }
  });
