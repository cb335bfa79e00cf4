import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { codecKeyObjects, resultObjects } from '../../../src/object-keys.ts';
import { projectRoot } from '../../../src/local/project-root.ts';
import { bucketsOf, type Buckets } from '../../../src/settings.ts';
import { debianPrograms, ProgramsUnavailable } from '../../support/debian-programs.ts';
import { startS3Server, type S3Server } from '../../support/servers/s3-server.ts';
import { account, AwsAccount, classes, key, prefix, region, registry } from './aws-account.ts';
import { TemporalNamespaces } from './temporal-namespaces.ts';

const codecKey = (id: string): { Bucket: string; Key: string } => ({
  Bucket: buckets.results,
  Key: codecKeyObjects.key('complete', id),
});

export const buckets = bucketsOf({ bucketPrefix: prefix });

/** How a command ended, and what it said on stderr and stdout. */
export interface Ended {
  status: number | null;
  said: string;
  printed: string;
}

/** Everything that a campaign on a remote stack needs: servers by others, and the real programs beside them. */
export class SetUp {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdout-set-up-'));
  private constructor(
    readonly aws: AwsAccount,
    private readonly s3: S3Server,
    readonly temporal: TemporalNamespaces,
    private readonly client: S3Client,
  ) {}

  static async open(): Promise<SetUp> {
    const [aws, s3, temporal] = await Promise.all([AwsAccount.open(), startS3Server(), TemporalNamespaces.open()]);
    const client = new S3Client({
      endpoint: s3.endpoint,
      region,
      forcePathStyle: true,
      credentials: key,
    });
    const setUp = new SetUp(aws, s3, temporal, client);
    for (const bucket of Object.keys(buckets) as (keyof Buckets)[]) await setUp.giveBucket(bucket);
    await temporal.make('complete', ['main', 'images', 'submit', 'await', 'score']);
    await temporal.make('no-attributes', [], { attributes: false });
    await temporal.make('no-worker', []);
    await temporal.make('no-scorer', ['main', 'images', 'submit', 'await']);
    return setUp;
  }

  async close(): Promise<void> {
    this.client.destroy();
    await Promise.all([this.aws.close(), this.s3.stop(), this.temporal.close()]);
    rmSync(this.folder, { recursive: true });
  }

  async giveBucket(bucket: keyof Buckets): Promise<void> {
    await this.client.send(new CreateBucketCommand({ Bucket: buckets[bucket] }));
  }

  async takeBucket(bucket: keyof Buckets): Promise<void> {
    await this.client.send(new DeleteBucketCommand({ Bucket: buckets[bucket] }));
  }

  /** The bucket's name belongs to another account. */
  giveBucketAway(bucket: keyof Buckets): Promise<void> {
    return this.s3.giveAway(buckets[bucket], '999999999999');
  }

  async giveBucketBack(bucket: keyof Buckets): Promise<void> {
    await this.takeBucket(bucket);
    await this.giveBucket(bucket);
  }

  /** Makes `final` a campaign that was started in a namespace without workers; {@link forget} ends that. */
  async startWithoutWorker(): Promise<void> {
    await this.temporal.startCampaign('no-worker', 'final');
    const object = { Bucket: buckets.results, Key: resultObjects.campaign('final') };
    await this.client.send(new PutObjectCommand({ ...object, Body: '{}' }));
  }

  async forget(): Promise<void> {
    const object = { Bucket: buckets.results, Key: resultObjects.campaign('final') };
    await this.client.send(new DeleteObjectCommand(object));
  }

  /** Enters a codec key in the list of the namespace `complete`, as the first process that seals with it does. */
  async registerKey(id: string, check: string): Promise<void> {
    await this.client.send(new PutObjectCommand({ ...codecKey(id), Body: check }));
  }

  async unregisterKey(id: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand(codecKey(id)));
  }

  /** Every object in the buckets that are there. */
  async objects(): Promise<string[]> {
    const lists = (Object.values(buckets) as string[]).map(async (Bucket) => {
      const { Contents = [] } = await this.client.send(new ListObjectsV2Command({ Bucket })).catch((error: unknown) => {
        if (error instanceof Error && error.name === 'NoSuchBucket') return { Contents: [] };
        throw error;
      });
      return Contents.map(({ Key }) => `${Bucket}/${Key}`);
    });
    return (await Promise.all(lists)).flat();
  }

  /** Runs the command line, or the worker with `npm run worker`'s arguments, with these changes to a complete environment. */
  async run(
    program: 'client' | 'worker',
    args: string[],
    changes: NodeJS.ProcessEnv = {},
    clock?: string,
  ): Promise<Ended> {
    const env = { ...this.environment, ...(clock !== undefined && fakeClock(clock)), ...changes };
    for (const [name, value] of Object.entries(changes)) if (value === undefined) delete env[name];
    const child = spawn(process.execPath, [join(projectRoot(), 'dist', `${program}.mjs`), ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A worker that lacks nothing would poll for ever.
      timeout: 60_000,
    });
    let [said, printed] = ['', ''];
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    child.stdout.on('data', (chunk) => (printed += String(chunk)));
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, said, printed };
  }

  /** Writes a campaign whose file is changed by `edit`; returns the path of the file. */
  campaign(name: string, edit: (yaml: string) => string = (yaml) => yaml): string {
    const folder = join(this.folder, name);
    const files: Record<string, string> = {
      'campaign.yaml': edit(campaignYaml),
      'inputs/a.mp4': 'a',
      'inputs/b.mp4': 'b',
      'sample/a.mp4': 'a',
      'labels.csv': 'filename,label\na.mp4,0\nb.mp4,1\n',
      'one.tar': 'tar',
      'submissions.csv': 'team,teamName,submission,image,submittedAt\nseven,Seven,s-1,one.tar,2026-11-01\n',
    };
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), content);
    }
    return join(folder, 'campaign.yaml');
  }

  /** Of a command line that lacks nothing. */
  get environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      HOME: this.folder,
      HOLDOUT_HOME: join(this.folder, 'home'),
      HOLDOUT_STACK: 'remote',
      HOLDOUT_BUCKET_PREFIX: prefix,
      HOLDOUT_BUCKET_OWNER: account,
      HOLDOUT_S3_PATH_STYLE: '1',
      HOLDOUT_IMAGE_STORE: `docker://${registry}/${prefix}holdout-submissions`,
      AWS_ENDPOINT_URL: this.aws.url,
      AWS_ENDPOINT_URL_S3: this.s3.endpoint,
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
      AWS_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
      TEMPORAL_ADDRESS: this.temporal.address,
      TEMPORAL_NAMESPACE: 'complete',
    };
  }
}

/** Debian's libfaketime, which shows a process another time of day. Throws ProgramsUnavailable. */
const fakeTime = (): string =>
  join(debianPrograms('faketime', ['libfaketime']), 'usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1');

/** Why no process can be shown another time of day; undefined if one can. */
export function fakeClockFault(): string | undefined {
  try {
    fakeTime();
    return undefined;
  } catch (error) {
    if (error instanceof ProgramsUnavailable) return error.message;
    throw error;
  }
}

function fakeClock(offset: string): NodeJS.ProcessEnv {
  return { LD_PRELOAD: fakeTime(), FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}

const gpu = { 'g4dn.xlarge': 15_109, 'g6.xlarge': 22_731 };

const campaignYaml = `campaign: final
metric: log-loss
predictions: { file: predictions.csv, id: filename, value: label }
inputs: { testSet: ./inputs, sampleSet: ./sample, labels: ./labels.csv }
submissions: ./submissions.csv
deadline: 3w
budget: { usd: 5000 }
limits: { wallClock: 9h, wallClockOn: g6.xlarge, memory: 12GiB }
instanceClasses:
${classes
  .map(({ name, queue, vcpus, memoryMiB }) => {
    const kind =
      name in gpu ? `kind: gpu, gpuMemoryMiB: ${gpu[name as keyof typeof gpu]}` : 'kind: cpu, wallClock: 24h';
    return `  - { name: ${name}, ${kind}, queue: ${queue}, vcpus: ${vcpus}, memoryMiB: ${memoryMiB}, usdPerHour: 1, slots: 2 }\n`;
  })
  .join('')}`;
