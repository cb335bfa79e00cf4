import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../../src/local/project-root.ts';
import { newKeyFile, writeKeyFile } from '../../../src/codec/key-file.ts';
import { OciBuilder } from '../../support/images/oci-builder.ts';
import { addImage, busyboxLayer, scriptLayer, writeArchive } from '../../support/images/runnable-image.ts';
import { tarOf } from '../../support/images/image-archives.ts';
import { eventually } from '../../support/eventually.ts';
import { Rig, rigKey } from '../../local/batch-endpoint/endpoint-rig.ts';
import { EcrRig } from '../ecr/ecr-rig.ts';
import { region, roleArn } from './aws-account.ts';
import { ObservedCalls, registryAction } from './observed-calls.ts';
import { SetUp, type Ended } from './set-up.ts';

const queue = 'holdout-c5';

/** A namespace with search attributes in which nobody polls yet. */
const namespace = 'no-worker';

/**
 * A whole campaign on servers by others: real commands, workers, scorer and runners on moto (STS, IAM, ECR), versitygw, Debian's
 * docker-registry and a Temporal server; Batch is the local endpoint. The AWS calls of each program are observed.
 */
export class CampaignRig {
  private readonly workers: ChildProcess[] = [];
  private log = '';

  private constructor(
    readonly setUp: SetUp,
    readonly calls: ObservedCalls,
    private readonly ecr: EcrRig,
    private readonly batch: Rig,
  ) {}

  static async open(): Promise<CampaignRig> {
    const [setUp, ecr] = await Promise.all([SetUp.open(), EcrRig.start(region)]);
    const { AWS_ENDPOINT_URL_S3: s3 = '' } = setUp.environment;
    // Set by its rig; the registry accepts only logins of that. Everything else about ECR is moto's.
    const { AWS_ENDPOINT_URL_ECR: logins = '' } = process.env;
    const opened = { batch: '' };
    const calls = new ObservedCalls(({ service, operation }) => {
      if (service === 's3') return s3;
      if (service === 'batch') return opened.batch;
      return operation === 'GetAuthorizationToken' ? logins : setUp.aws.url;
    });
    const runner = runnerVariables(setUp, await calls.of('runner'), ecr);
    const batch = new Rig({
      queues: [{ name: queue, slots: 2 }],
      runner: [process.execPath, join(projectRoot(), 'dist/runner.mjs')],
      reap: [process.execPath, join(projectRoot(), 'dist/runner.mjs'), 'reap'],
      environment: runner,
    });
    await batch.start();
    opened.batch = batch.url;
    writeKeyFile(join(setUp.folder, 'keys.json'), newKeyFile(), { fresh: true });
    return new CampaignRig(setUp, calls, ecr, batch);
  }

  async close(): Promise<void> {
    for (const worker of this.workers) {
      if (worker.exitCode !== null || worker.signalCode !== null) continue;
      const exit = once(worker, 'exit');
      worker.kill('SIGKILL');
      await exit;
    }
    await this.batch.remove();
    this.calls.stop();
    await this.ecr.stop();
    spawnSync('umount', [join(this.setUp.folder, 'storage/overlay')]);
    await this.setUp.close();
  }

  /** Starts the worker of these queues, observed as `program`, and waits until it polls. */
  async startWorker(program: string, queues: string): Promise<void> {
    const ready = join(this.setUp.folder, `ready-${this.workers.length}`);
    const env = { ...(await this.variables(program)), HOLDOUT_READY_FILE: ready };
    const worker = this.spawn('worker', ['--queues', queues], env);
    this.workers.push(worker);
    for (const stream of [worker.stdout, worker.stderr])
      stream?.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    await eventually(`the worker of ${queues} polls`, () => {
      assert.equal(worker.exitCode, null, this.log);
      return existsSync(ready);
    });
  }

  /** Runs a command to its end; its calls are observed as `program`, if one is given. */
  async holdout(args: string[], program?: string): Promise<Ended> {
    const child = this.spawn('client', args, await this.variables(program));
    let [said, printed] = ['', ''];
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await once(child, 'close');
    return { status: child.exitCode, said: `${said}\n${this.log.slice(-3_000)}`, printed };
  }

  /** Actions of ECR that skopeo and podman needed at the registry. */
  registryActions(): Set<string> {
    return new Set(this.ecr.requests.map(({ method, path }) => registryAction(method, path)));
  }

  /** Writes the campaign: one submission that predicts, and one that never ends. Returns its file. */
  async campaign(): Promise<string> {
    const file = this.setUp.campaign('observed', () => yaml);
    const scripts = {
      predicts: "printf 'filename,label\\na.mp4,0.4\\nb.mp4,0.6\\n' >/output/predictions.csv",
      hangs: 'sleep 600',
    };
    for (const [name, script] of Object.entries(scripts)) {
      const archive = new OciBuilder();
      // Over 5 MiB, so that it is uploaded in parts.
      const ballast = await tarOf([{ name: 'app/ballast', content: Buffer.alloc(8 << 20, name) }]);
      const layers = [await busyboxLayer(), ballast, await scriptLayer(script)];
      const top = addImage(archive, { layers, store: (layer) => layer, mediaTypes: { layer: plainLayer } });
      await writeArchive(join(dirname(file), `${name}.tar`), archive, [top]);
    }
    const rows = Object.keys(scripts).map((name) => `${name},Team ${name},${name}-1,${name}.tar,2026-11-01\n`);
    const header = 'team,teamName,submission,image,submittedAt\n';
    writeFileSync(join(dirname(file), 'submissions.csv'), header + rows.join(''));
    return file;
  }

  private spawn(program: 'client' | 'worker', args: string[], env: NodeJS.ProcessEnv): ChildProcess {
    const path = join(projectRoot(), 'dist', `${program}.mjs`);
    return spawn(process.execPath, [path, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  private async variables(program = 'unobserved'): Promise<NodeJS.ProcessEnv> {
    const { setUp, ecr } = this;
    return {
      ...setUp.environment,
      ...ecr.environment,
      ...endpoints(await this.calls.of(program)),
      TEMPORAL_NAMESPACE: namespace,
      HOLDOUT_BATCH_ACCESS_KEY_ID: rigKey.accessKeyId,
      HOLDOUT_BATCH_SECRET_ACCESS_KEY: rigKey.secretAccessKey,
      HOLDOUT_RUNNER_IMAGE: setUp.aws.runnerImage,
      HOLDOUT_JOB_ROLE: roleArn,
      HOLDOUT_LOG_GROUP: '/host-holdout-runner',
      HOLDOUT_CODEC_KEYS: join(setUp.folder, 'keys.json'),
      HOLDOUT_SEAL_KEYS: join(setUp.folder, 'seal-keys'),
      HOLDOUT_SCRATCH: join(setUp.folder, 'worker-scratch'),
    };
  }
}

const plainLayer = 'application/vnd.oci.image.layer.v1.tar';

/** All services at one address; that of S3 has a variable of its own, as in the set-up. */
const endpoints = (url: string): Record<string, string> => ({ AWS_ENDPOINT_URL: url, AWS_ENDPOINT_URL_S3: url });

/** What a job's container has on a host of AWS, with an engine of this machine. */
function runnerVariables(setUp: SetUp, url: string, ecr: EcrRig): Record<string, string> {
  const { folder, environment } = setUp;
  const storage = [`--root=${join(folder, 'storage')}`, `--runroot=${join(folder, 'storage-run')}`];
  const engine = {
    name: 'podman',
    command: ['podman', ...storage, '--runtime=runc'],
    runFlags: ['--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024'],
  };
  const taken = [
    'PATH',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_REGION',
    'AWS_EC2_METADATA_DISABLED',
    'HOLDOUT_S3_PATH_STYLE',
    'HOLDOUT_BUCKET_PREFIX',
    'HOLDOUT_BUCKET_OWNER',
  ];
  return {
    ...Object.fromEntries(taken.map((name) => [name, environment[name] ?? ''])),
    ...ecr.environment,
    ...endpoints(url),
    HOME: folder,
    HOLDOUT_SCRATCH: join(folder, 'scratch'),
    HOLDOUT_ENGINE: JSON.stringify(engine),
  };
}

const yaml = `campaign: observed
metric: log-loss
predictions: { file: predictions.csv, id: filename, value: label }
inputs: { testSet: ./inputs, labels: ./labels.csv }
submissions: ./submissions.csv
teamNames: shown
deadline: 3w
budget: { usd: 50 }
limits: { wallClock: 20m, wallClockOn: cpu, memory: 256MiB }
instanceClasses:
  - { name: cpu, kind: cpu, queue: ${queue}, vcpus: 2, memoryMiB: 2048, usdPerHour: 0.1, slots: 2 }
`;
