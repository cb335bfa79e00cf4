/** Everything that an installation decides; `settings.ts` holds the values. */
export interface InfraSettings {
  /** Region of the buckets, the queues and the image store. */
  region: string;
  /** 12 digits. Without it the templates fit any account, and the command line's credentials decide. */
  account?: string;
  /** Put before the names of buckets, roles and repositories, and HOLDOUT_BUCKET_PREFIX of every process. */
  prefix: string;
  /** Number of availability zones: more zones find GPUs more often, and each costs its own interface endpoints. */
  zones: number;
  /**
   * The region's list of S3 addresses, the only ones outside the VPC that instances may call:
   * aws ec2 describe-managed-prefix-lists --filters Name=prefix-list-name,Values=com.amazonaws.REGION.s3
   */
  s3PrefixList: string;
  /** Digest of the runner's image in the repository `<prefix>holdout-runner`; never a tag. */
  runnerDigest: string;
  /** Size of an instance's encrypted disk, for images and runs, in GiB. */
  diskGiB: number;
  classes: readonly ClassSettings[];
  /** Of the whole account; an alarm, not a limit. */
  budget: { usdPerMonth: number; alarmEmail: string };
  /** Who may assume each role: ARNs. An empty list leaves it to the permissions of the account's own users and roles. */
  mayAssume: Record<'worker' | 'scorer' | 'operator' | 'breakGlass', readonly string[]>;
}

/** An instance class, with the values that the campaign file has for it. One instance runs one job at a time. */
export interface ClassSettings {
  name: string;
  /** Without the prefix, which Batch's name and the campaign file have before it. */
  queue: string;
  instanceType: string;
  /** Most instances at a time; `slots` in the campaign file. */
  instances: number;
  /** All of the instance's. */
  vcpus: number;
  /** What a job gets; less than the instance has, because the system and the ECS agent need some. */
  memoryMiB: number;
  /** All of the instance's. */
  gpus: number;
  /** Of one GPU, as `holdout prices` lists it; the infrastructure does not use it. */
  gpuMemoryMiB?: number;
  purchase: 'on-demand' | 'spot';
  /** The image of the hosts instead of Batch's choice, which leaves out P3; docs/aws.md says which image has its driver. */
  imageId?: string;
}
