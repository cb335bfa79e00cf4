import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerDetail } from '@aws-sdk/client-batch';
import { readJsonFile, writeJsonFile } from '../../json-file.ts';
import type { Arns } from './arns.ts';
import { withEmptyLists } from './container-detail.ts';

/** A job definition as the client registers it: the fields that this endpoint reads; all others are kept too. */
interface JobDefinitionOrder {
  jobDefinitionName: string;
  type: 'container';
  containerProperties: Pick<ContainerDetail, 'image' | 'command' | 'resourceRequirements' | 'linuxParameters'> & {
    environment?: { name: string; value: string }[] | undefined;
  };
  parameters?: Record<string, string> | undefined;
  platformCapabilities?: 'EC2'[] | undefined;
  propagateTags?: boolean | undefined;
  timeout?: { attemptDurationSeconds?: number | undefined } | undefined;
  tags?: Record<string, string> | undefined;
}

/** One revision of a job definition, as DescribeJobDefinitions shows it. `sequence` numbers all revisions of all names. */
export interface JobDefinitionRecord {
  sequence: number;
  detail: JobDefinitionOrder & {
    jobDefinitionArn: string;
    revision: number;
    status: 'ACTIVE' | 'INACTIVE';
    containerOrchestrationType: 'ECS';
    tags: Record<string, string>;
  };
}

/** All job definitions, in memory and as one file per revision in a folder. */
export class JobDefinitions {
  private readonly records: JobDefinitionRecord[];

  constructor(
    private readonly folder: string,
    private readonly arns: Arns,
  ) {
    mkdirSync(folder, { recursive: true });
    this.records = readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .flatMap((file) => readJsonFile<JobDefinitionRecord>(join(folder, file)) ?? [])
      .toSorted((one, other) => one.sequence - other.sequence);
  }

  /** Registers the next revision of a name, also when nothing changed, as AWS does. It is on disk when this returns. */
  register(order: JobDefinitionOrder): JobDefinitionRecord {
    const name = order.jobDefinitionName;
    const latest = this.records.findLast(({ detail }) => detail.jobDefinitionName === name);
    const revision = (latest?.detail.revision ?? 0) + 1;
    const record: JobDefinitionRecord = {
      sequence: (this.records.at(-1)?.sequence ?? 0) + 1,
      detail: {
        parameters: {},
        ...order,
        containerProperties: withEmptyLists(order.containerProperties),
        jobDefinitionArn: this.arns.definition(name, revision),
        revision,
        status: 'ACTIVE',
        containerOrchestrationType: 'ECS',
        tags: order.tags ?? {},
      },
    };
    this.save(record);
    this.records.push(record);
    return record;
  }

  /** Finds by `name` (its latest active revision), `name:revision` (active or not) or either as an ARN. */
  find(reference: string): JobDefinitionRecord | undefined {
    const name = this.arns.nameIn('job-definition', reference);
    return name.includes(':')
      ? this.records.find(({ detail }) => `${detail.jobDefinitionName}:${detail.revision}` === name)
      : this.records.findLast(({ detail }) => detail.jobDefinitionName === name && detail.status === 'ACTIVE');
  }

  /** Makes a revision unusable for new jobs; jobs that have it continue. It is on disk when this returns. */
  deregister(record: JobDefinitionRecord): void {
    record.detail.status = 'INACTIVE';
    this.save(record);
  }

  newestFirst(): JobDefinitionRecord[] {
    return this.records.toReversed();
  }

  /** Replaces the tags of a revision; durable when this returns. */
  setTags(record: JobDefinitionRecord, tags: Record<string, string>): void {
    record.detail.tags = tags;
    this.save(record);
  }

  private save(record: JobDefinitionRecord): void {
    const { jobDefinitionName, revision } = record.detail;
    writeJsonFile(join(this.folder, `${jobDefinitionName}.${revision}.json`), record, { durable: true });
  }
}
