import type { ContainerDetail } from '@aws-sdk/client-batch';
import { taskIdOf, type Arns } from './arns.ts';

/** A container as Batch returns it: lists that were not given are empty, not absent. */
export const withEmptyLists = <T extends Pick<ContainerDetail, 'linuxParameters'>>(properties: T) => ({
  command: [],
  volumes: [],
  environment: [],
  mountPoints: [],
  ulimits: [],
  resourceRequirements: [],
  secrets: [],
  ...properties,
  ...(properties.linuxParameters && { linuxParameters: { devices: [], tmpfs: [], ...properties.linuxParameters } }),
});

/** What a STARTING container knows of its place: every job has an instance of its own. */
export const placeOf = (arns: Arns, queue: string, jobId: string) => ({
  containerInstanceArn: arns.containerInstance(queue, jobId),
  taskArn: arns.task(queue, jobId),
});

/** The log stream of a RUNNING container, in the group /aws/batch/job. */
export const logStreamOf = (definitionName: string, jobId: string): string =>
  `${definitionName.slice(0, 200)}/default/${taskIdOf(jobId)}`;

/** A command with `Ref::name` replaced by the parameter of that name; others stay as they are. */
export const withParameters = (command: readonly string[], parameters: Readonly<Record<string, string>>): string[] =>
  command.map((word) => word.replaceAll(/Ref::([A-Za-z0-9_-]+)/g, (text, name: string) => parameters[name] ?? text));
