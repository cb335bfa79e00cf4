import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { jobDefinition, type AwsRunnerHost, type JobDefinition } from '../../src/batch/definitions/job-definition.ts';
import type { RunOutcome, RunnerError } from '../../src/campaign/model/run-outcome.ts';
import type { RunSpec } from '../../src/campaign/model/run-spec.ts';
import { engineSocket } from '../../src/host-paths.ts';
import { runObjects } from '../../src/object-keys.ts';
import { RunnerRig } from '../runner/runner-rig.ts';
import { eventually } from '../support/eventually.ts';
import { ProgramsUnavailable } from '../support/debian-programs.ts';
import { ownerAccount } from '../support/servers/s3-server.ts';
import { DockerHost, dockerPrograms } from '../support/docker-host.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { agentArguments, variablesOf } from './ecs-agent.ts';
import { pushRunnerImage } from './runner-image.ts';

/** The variables with which a process here reaches S3; on AWS the job role and the region do that. */
export const toS3 = ['AWS_ENDPOINT_URL_S3', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'HOLDOUT_S3_PATH_STYLE'];

const isKey = (variable: string): boolean => /^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)$/.test(variable);

/** A test that needs Docker's programs; skipped with the reason where Debian's packages cannot be had. */
export function describeWithDocker(title: string, body: (this: Mocha.Suite) => void): void {
  try {
    dockerPrograms();
    describe(title, body);
  } catch (error) {
    if (!(error instanceof ProgramsUnavailable)) throw error;
    describe.skip(`${title} (${error.message})`, body);
  }
}

/** A job's container, as the agent started it. */
export interface StartedJob {
  jobId: string;
  /** Name of its container. */
  container: string;
  exitCode: Promise<number | null>;
  /** What it printed, for the log group. */
  printed(): string;
}

/** A Batch instance with a real engine, the runner's image in a real registry, and S3 with the specs of runs. */
export class BatchHost {
  private constructor(
    readonly rig: RunnerRig,
    readonly host: DockerHost,
    readonly registry: DockerRegistry,
    readonly image: string,
  ) {}

  static async start(): Promise<BatchHost> {
    const [rig, host, registry] = [await RunnerRig.start(), await DockerHost.start(), await startDockerRegistry()];
    return new BatchHost(rig, host, registry, await pushRunnerImage(host, registry.host));
  }

  async stop(): Promise<void> {
    await this.host.stop();
    await this.registry.stop();
    await this.rig.stop();
  }

  /** The definition that is registered for a class without a GPU. */
  definition(host: Partial<AwsRunnerHost> = {}): JobDefinition {
    const { image } = this;
    return jobDefinition(
      'holdout-runner',
      { ...runnerHost(image, this.host.scratch), ...host },
      {
        name: 'c4',
        vcpus: 1,
        memoryMiB: 512,
      },
    );
  }

  /**
   * The definition without the launcher: Batch's container is the runner, with all that a definition can give it. A definition
   * has no way to ask for a mount that the host sees.
   */
  withoutLauncher(): JobDefinition {
    return withoutLauncher(this.definition(), this.host.scratch);
  }

  /** Writes the spec of a run of a shell script. */
  async run(script: string, overrides: Parameters<RunnerRig['putSpec']>[1] = {}): Promise<RunSpec> {
    const { reference, digest } = this.rig.image(script);
    const target = `docker://${this.registry.host}/submissions`;
    const tag = `${target}:${digest.slice('sha256:'.length, 20)}`;
    const flags = ['--quiet', '--dest-tls-verify=false', '--preserve-digests'];
    execFileSync('skopeo', ['copy', ...flags, reference, tag]);
    return this.rig.putSpec({ reference: `${target}@${digest}`, digest }, overrides);
  }

  /** Starts a job as the agent does. `keys`: the variables that give it credentials, by default those of {@link toS3}. */
  startJob(
    { runKey }: Pick<RunSpec, 'runKey'>,
    { definition = this.definition(), keys }: { definition?: JobDefinition; keys?: Record<string, string> } = {},
  ): StartedJob {
    const variables = keys === undefined ? toS3 : [...toS3.filter((name) => !isKey(name)), ...Object.keys(keys)];
    const jobId = randomUUID();
    const container = `ecs-${jobId}`;
    const [program, ...flags] = this.host.command;
    const args = [...flags, 'run', `--name=${container}`, ...agentArguments(definition, variables)];
    const child = spawn(program, args, {
      env: { ...process.env, ...keys, ...variablesOf(definition), AWS_BATCH_JOB_ID: jobId, HOLDOUT_RUN_KEY: runKey },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    // The agent removes the containers of ended tasks later.
    const exitCode = once(child, 'close').then(async () => {
      await this.host.call('rm', '--force', container);
      return child.exitCode;
    });
    return { jobId, container, exitCode, printed: () => printed };
  }

  outcome({ runKey }: Pick<RunSpec, 'runKey'>): Promise<RunOutcome | undefined> {
    return this.find<RunOutcome>(runObjects.outcome(runKey));
  }

  trouble({ runKey }: Pick<RunSpec, 'runKey'>): Promise<RunnerError | undefined> {
    return this.find<RunnerError>(runObjects.trouble(runKey));
  }

  async isClaimed({ runKey }: Pick<RunSpec, 'runKey'>): Promise<boolean> {
    return (await this.rig.store.find(this.rig.s3.buckets.runs, runObjects.claim(runKey))) !== undefined;
  }

  /** Waits until a job's submission runs; returns the name of its container. */
  async submissionOf(jobId: string): Promise<string> {
    let names: string[] = [];
    await eventually(`a submission of ${jobId} runs`, async () => {
      names = await this.host.running(`holdout.job=${jobId}`);
      return names.length > 0;
    });
    return names[0] ?? '';
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- names the type of the object
  private find<T>(key: string): Promise<T | undefined> {
    return this.rig.store.findJson<T>(this.rig.s3.buckets.runs, key);
  }
}

/** What the infrastructure would say of this host. */
export const runnerHost = (image: string, scratch: string): AwsRunnerHost => ({
  kind: 'aws',
  image,
  region: 'us-east-1',
  bucketPrefix: '',
  bucketOwner: ownerAccount,
  scratch,
  jobRoleArn: 'arn:aws:iam::123456789012:role/holdout-runner',
  logGroup: '/holdout/runner',
});

/** See {@link BatchHost.withoutLauncher}. */
export function withoutLauncher(definition: JobDefinition, scratch: string): JobDefinition {
  const folders = [scratch, '/dev', '/sys/fs/cgroup', engineSocket];
  return {
    ...definition,
    containerProperties: {
      ...definition.containerProperties,
      command: [],
      privileged: true,
      readonlyRootFilesystem: false,
      volumes: folders.map((sourcePath, n) => ({ name: `v${n}`, host: { sourcePath } })),
      mountPoints: folders.map((containerPath, n) => ({ sourceVolume: `v${n}`, containerPath })),
    },
  };
}
