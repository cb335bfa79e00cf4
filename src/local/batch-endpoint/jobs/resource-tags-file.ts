import { join } from 'node:path';
import { readJsonFile, writeJsonFile } from '../../json-file.ts';

type Tags = Record<string, string>;

/** The tags of queues and compute environments, by ARN, in one file. */
export class ResourceTagsFile {
  private readonly file: string;
  private tags: Record<string, Tags>;

  constructor(stateFolder: string) {
    this.file = join(stateFolder, 'tags.json');
    this.tags = readJsonFile<Record<string, Tags>>(this.file) ?? {};
  }

  of(arn: string): Tags {
    return this.tags[arn] ?? {};
  }

  /** Replaces the tags of a resource; durable when this returns. */
  set(arn: string, tags: Tags): void {
    this.tags = { ...this.tags, [arn]: tags };
    writeJsonFile(this.file, this.tags, { durable: true });
  }
}
