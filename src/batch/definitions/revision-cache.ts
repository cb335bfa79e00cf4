import type { BatchClient, JobDefinition as RegisteredDefinition } from '@aws-sdk/client-batch';
import { activeRevisions } from './active-revisions.ts';

/** How long an answer of DescribeJobDefinitions is used, in ms: a new revision counts a minute after its registration. */
const maxAgeMs = 60_000;

/** The active revisions of job definitions. Asks Batch once a minute for each name. */
export class RevisionCache {
  private readonly known = new Map<string, { at: number; revisions: Promise<RegisteredDefinition[]> }>();

  constructor(private readonly batch: BatchClient) {}

  revisionsOf(name: string): Promise<RegisteredDefinition[]> {
    const known = this.known.get(name);
    if (known !== undefined && performance.now() - known.at < maxAgeMs) return known.revisions;
    const revisions = activeRevisions(this.batch, name);
    this.known.set(name, { at: performance.now(), revisions });
    revisions.catch(() => this.known.delete(name));
    return revisions;
  }

  /** Asks Batch again at the next call. */
  forget(): void {
    this.known.clear();
  }
}
