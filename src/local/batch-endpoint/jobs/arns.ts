/** The kinds of resources that have ARNs here. */
export type ResourceKind = 'job' | 'job-queue' | 'job-definition';

/** Makes the ARNs of one account and region. */
export class Arns {
  constructor(private readonly place: { region: string; account: string }) {}

  readonly job = (jobId: string): string => this.arn('job', jobId);
  readonly queue = (name: string): string => this.arn('job-queue', name);
  readonly definition = (name: string, revision: number): string => this.arn('job-definition', `${name}:${revision}`);

  /** What stands behind the kind in an ARN of this kind (`name:revision` for a definition); anything else as it is. */
  nameIn(kind: ResourceKind, reference: string): string {
    const prefix = this.arn(kind, '');
    return reference.startsWith(prefix) ? reference.slice(prefix.length) : reference;
  }

  private arn(kind: ResourceKind, name: string): string {
    return `arn:aws:batch:${this.place.region}:${this.place.account}:${kind}/${name}`;
  }
}
