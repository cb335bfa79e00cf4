import type { Readable } from 'node:stream';
import type { RecordSource } from '../../ledger/verification/record-source.ts';
import { runObjects } from '../../object-keys.ts';

/** Reads for a verification, and remembers which jobs the claims and outcomes name, so that nothing is read twice. */
export class RememberingSource implements RecordSource {
  /** By run key: the job with the claim, or `abandoned`; the job that wrote the outcome. */
  readonly claims = new Map<string, string>();
  readonly outcomes = new Map<string, string>();
  /** The keys of all runs that have a spec, a claim or an outcome. */
  readonly runs = new Set<string>();

  constructor(
    private readonly source: RecordSource,
    private readonly bucket: string,
  ) {}

  async *list(bucket: string, prefix: string): AsyncGenerator<string> {
    for await (const key of this.source.list(bucket, prefix)) {
      const run = bucket === this.bucket ? runOf(key) : undefined;
      if (run !== undefined) this.runs.add(run);
      yield key;
    }
  }

  listSizes(bucket: string, prefix: string): AsyncIterable<{ key: string; bytes: number }> {
    return this.source.listSizes(bucket, prefix);
  }

  async find(bucket: string, key: string): Promise<Buffer | undefined> {
    const body = await this.source.find(bucket, key);
    if (bucket === this.bucket && body !== undefined) this.remember(key, body.toString('utf8'));
    return body;
  }

  stream(bucket: string, key: string): Promise<Readable> {
    return this.source.stream(bucket, key);
  }

  private remember(key: string, body: string): void {
    const run = runOf(key);
    if (run === undefined) return;
    if (key === runObjects.claim(run)) this.claims.set(run, body);
    if (key !== runObjects.outcome(run)) return;
    const job = /"jobId": *"([^"]*)"/.exec(body)?.[1];
    if (job !== undefined) this.outcomes.set(run, job);
  }
}

const runOf = (key: string): string | undefined =>
  /^([^/]+\/[^/]+\/[1-9][0-9]*)\/(?:spec\.json|claim|outcome\.json)$/.exec(key)?.[1];
