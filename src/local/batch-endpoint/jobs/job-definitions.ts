import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonFile } from '../../json-file.ts';
import type { Arns } from './arns.ts';
import { writeDurably } from './durable-file.ts';
import { paginate } from '../api/pagination.ts';
import type { DescribeJobDefinitionsRequest, RegisterJobDefinition } from '../api/requests.ts';

/** One revision of a job definition, as DescribeJobDefinitions shows it. `sequence` is its place among all of them. */
export interface JobDefinitionRecord {
  sequence: number;
  detail: RegisterJobDefinition & {
    jobDefinitionArn: string;
    revision: number;
    status: 'ACTIVE';
    containerOrchestrationType: 'ECS';
    tags: Record<string, string>;
  };
}

/** All job definitions: one file per revision under a folder, all of them in memory. */
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

  /** Registers the next revision of a name; like AWS also when nothing changed. It is on disk when this returns. */
  register(request: RegisterJobDefinition): JobDefinitionRecord {
    const name = request.jobDefinitionName;
    const revision = (this.latest(name)?.detail.revision ?? 0) + 1;
    const record: JobDefinitionRecord = {
      sequence: (this.records.at(-1)?.sequence ?? 0) + 1,
      detail: {
        ...request,
        jobDefinitionArn: this.arns.definition(name, revision),
        revision,
        status: 'ACTIVE',
        containerOrchestrationType: 'ECS',
        tags: request.tags ?? {},
      },
    };
    this.save(record);
    this.records.push(record);
    return record;
  }

  /** Finds by `name` (its latest revision), `name:revision` or either as an ARN. */
  find(reference: string): JobDefinitionRecord | undefined {
    const name = this.arns.nameIn('job-definition', reference);
    return name.includes(':')
      ? this.records.find(({ detail }) => `${detail.jobDefinitionName}:${detail.revision}` === name)
      : this.latest(name);
  }

  /** DescribeJobDefinitions: newest first, 100 a page; all of them are ACTIVE. */
  describe(request: DescribeJobDefinitionsRequest): { jobDefinitions: object[]; nextToken?: string } {
    const wanted = request.jobDefinitions?.map((reference) => this.arns.nameIn('job-definition', reference));
    const found = this.records.toReversed().filter(({ detail }) => {
      if (wanted !== undefined) return wanted.includes(`${detail.jobDefinitionName}:${detail.revision}`);
      if (request.status !== undefined && request.status !== detail.status) return false;
      return request.jobDefinitionName === undefined || request.jobDefinitionName === detail.jobDefinitionName;
    });
    const { items, ...next } = paginate(found, ({ sequence }) => -sequence, request, 100);
    return { jobDefinitions: items.map(({ detail }) => detail), ...next };
  }

  /** Gives a revision other tags; durable when this returns. */
  setTags(record: JobDefinitionRecord, tags: Record<string, string>): void {
    record.detail.tags = tags;
    this.save(record);
  }

  private latest(name: string): JobDefinitionRecord | undefined {
    return this.records.findLast(({ detail }) => detail.jobDefinitionName === name);
  }

  private save(record: JobDefinitionRecord): void {
    writeDurably(join(this.folder, `${record.detail.jobDefinitionName}.${record.detail.revision}.json`), record);
  }
}
