import type { Arns } from '../jobs/arns.ts';
import type { JobDefinitions } from '../jobs/job-definitions.ts';
import type { JobStore } from '../jobs/job-store.ts';
import type { ResourceTagsFile } from '../jobs/resource-tags-file.ts';
import type { StartUp } from '../start-up-file.ts';
import { clientException } from './aws-error.ts';

type Tags = Record<string, string>;

interface TaggedResource {
  tags: Tags;
  save: (tags: Tags) => void;
}

/** The tags of jobs, job definitions, queues and compute environments by ARN; every change is stored when its method returns. */
export class ResourceTags {
  constructor(
    private readonly parts: {
      startUp: Pick<StartUp, 'queues'>;
      arns: Arns;
      jobs: JobStore;
      definitions: JobDefinitions;
      tags: ResourceTagsFile;
    },
  ) {}

  list(arn: string): Tags {
    return this.find(arn).tags;
  }

  add(arn: string, added: Tags): void {
    const { tags, save } = this.find(arn);
    const all = { ...tags, ...added };
    if (Object.keys(all).length > 50) throw clientException(`${arn} would have more than 50 tags`);
    save(all);
  }

  remove(arn: string, keys: string[]): void {
    const { tags, save } = this.find(arn);
    save(Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key))));
  }

  private find(arn: string): TaggedResource {
    const { arns, jobs, definitions } = this.parts;
    const job = jobs.get(arns.nameIn('job', arn));
    if (job?.detail.jobArn === arn) {
      return { tags: job.detail.tags, save: (tags) => jobs.put({ ...job, detail: { ...job.detail, tags } }) };
    }
    const definition = definitions.find(arn);
    if (definition?.detail.jobDefinitionArn === arn) {
      return { tags: definition.detail.tags, save: (tags) => definitions.setTags(definition, tags) };
    }
    const { startUp, tags } = this.parts;
    if (startUp.queues.some(({ name }) => arn === arns.queue(name) || arn === arns.computeEnvironment(name))) {
      return { tags: tags.of(arn), save: (changed) => tags.set(arn, changed) };
    }
    throw clientException(`There is no job, job definition, queue or compute environment ${arn}`, 404);
  }
}
