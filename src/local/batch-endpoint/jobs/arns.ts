/** The kinds of resources with ARNs. */
type ResourceKind = 'job' | 'job-queue' | 'job-definition';

/** ARNs of one account and region. */
export class Arns {
  constructor(private readonly place: { region: string; account: string }) {}

  readonly job = (jobId: string): string => this.arn('job', jobId);
  readonly queue = (name: string): string => this.arn('job-queue', name);
  readonly definition = (name: string, revision: number): string => this.arn('job-definition', `${name}:${revision}`);

  /** The name in an ARN of this kind (`name:revision` for a definition); any other text unchanged. */
  nameIn(kind: ResourceKind, reference: string): string {
    const prefix = this.arn(kind, '');
    return reference.startsWith(prefix) ? reference.slice(prefix.length) : reference;
  }

  private arn(kind: ResourceKind, name: string): string {
    return `arn:aws:batch:${this.place.region}:${this.place.account}:${kind}/${name}`;
  }
}
