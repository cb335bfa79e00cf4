import { stringify } from 'csv-stringify/sync';
import type { CanarySpec } from '../../../campaign/model/canaries/canary.ts';
import type { InputIndex, InputSet } from '../../../campaign/model/frozen-campaign.ts';
import { runnerExit, type CollectedPredictions, type RunnerError } from '../../../campaign/model/run-outcome.ts';
import type { RunSpec } from '../../../campaign/model/run-spec.ts';
import { simulatedCanary } from '../../../campaign/simulation/simulated-canary.ts';
import { simulatedOutcome } from '../../../campaign/simulation/simulated-outcome.ts';
import { simulatedRun, type SimulatedFacts } from '../../../campaign/simulation/simulated-run.ts';
import { claimRun } from '../../../runner/claim-run.ts';
import { retryFor } from '../../../retry-for.ts';
import type { ObjectStore } from '../../../s3/object-store.ts';
import { sealBytes } from '../../../sealing/age.ts';
import type { Buckets } from '../../../settings.ts';
import type { JobEnd } from '../jobs/job-executor.ts';
import type { PopulationFile } from './population-file.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { sha256 } from '../../../sha256.ts';
import { runObjects } from '../../../object-keys.ts';

/** Simulated seconds. */
const canaryTakes = 5;

/** A job from its runner's point of view. */
interface SimulatedJob {
  jobId: string;
  runKey: string;
  process: SimulatedProcess;
}

/** Does the same in S3 as the real runner, in the same order, without stdout.log, and waits instead of running a container. */
export class SimulatedRunner {
  private readonly indexes = new Map<string, Promise<InputIndex>>();

  constructor(
    private readonly parts: {
      store: ObjectStore;
      buckets: Buckets;
      population: PopulationFile;
      seed: number;
    },
  ) {}

  /**
   * Runs a job to its end; undefined when it was killed. The result depends only on the job and the population, so an
   * interrupted job is simply run again. Throws when the real runner would report a platform error.
   */
  async run(job: SimulatedJob): Promise<JobEnd | undefined> {
    const { store, buckets, population, seed } = this.parts;
    const { jobId, runKey, process } = job;
    const spec = await store.readJson<RunSpec | CanarySpec>(buckets.runs, runObjects.spec(runKey));
    if (!(await claimRun(store, buckets.runs, runKey, jobId))) {
      return { kind: 'exited', code: runnerExit.duplicate, at: Date.now() };
    }
    if (spec.purpose === 'canary') return this.canary(job, spec);
    const run = simulatedRun(population, seed, spec);
    process.plannedSeconds = run.seconds;
    await (run.kind === 'runner-hangs' ? process.waitForKill() : process.runOut());
    if (process.isKilled) return undefined;
    const stopped = process.isSignalled;
    const seconds = stopped ? process.secondsRun() : run.seconds;
    const at = process.startedAt + Math.ceil(seconds * 1000);
    if (run.kind === 'host-lost' && !stopped) return { kind: 'lost', at };
    if (run.kind === 'runner-trouble') await this.writeTrouble(job);
    if (run.kind !== 'outcome') return { kind: 'exited', code: runnerExit.error, at };
    const writing = Date.now();
    await this.writeResults(job, spec, { seconds, facts: run.facts, stopped });
    return { kind: 'exited', code: runnerExit.done, at: at + Date.now() - writing };
  }

  /** Finds that every control holds; one that is stopped leaves no outcome. */
  private async canary({ jobId, process }: SimulatedJob, spec: CanarySpec): Promise<JobEnd | undefined> {
    const { store, buckets } = this.parts;
    process.plannedSeconds = canaryTakes;
    await process.runOut();
    if (process.isKilled) return undefined;
    if (process.isSignalled) return { kind: 'exited', code: runnerExit.error, at: Date.now() };
    const at = process.startedAt + canaryTakes * 1000;
    const outcome = simulatedCanary(spec, jobId, { startedAt: process.startedAt, stoppedAt: at });
    const body = `${JSON.stringify(outcome, null, 2)}\n`;
    await unlessKilled(process, () => store.writeIfAbsent(buckets.runs, runObjects.outcome(spec.runKey), body));
    return { kind: 'exited', code: runnerExit.done, at };
  }

  /** Explains why there is no outcome, as the real runner does. */
  private async writeTrouble({ jobId, runKey, process }: SimulatedJob): Promise<void> {
    const { store, buckets } = this.parts;
    const trouble: RunnerError = { version: 1, jobId, code: 'UNEXPECTED', message: 'simulated' };
    const body = `${JSON.stringify(trouble, null, 2)}\n`;
    await unlessKilled(process, () => store.writeIfAbsent(buckets.runs, runObjects.trouble(runKey), body));
  }

  /** Writes the predictions, then the outcome. */
  private async writeResults(
    { jobId, runKey, process }: SimulatedJob,
    spec: RunSpec,
    ended: { seconds: number; facts: SimulatedFacts; stopped: boolean },
  ): Promise<void> {
    const { store, buckets } = this.parts;
    const predictions = ended.stopped ? { kind: 'missing' as const } : await this.predict(process, spec, ended.facts);
    const outcome = simulatedOutcome({ spec, jobId, startedAt: process.startedAt, predictions, ...ended });
    const body = `${JSON.stringify(outcome, null, 2)}\n`;
    await unlessKilled(process, () => store.writeIfAbsent(buckets.runs, runObjects.outcome(runKey), body));
  }

  private async predict(
    process: SimulatedProcess,
    spec: RunSpec,
    { rows, prediction }: SimulatedFacts,
  ): Promise<CollectedPredictions> {
    if (rows === 'no-file') return { kind: 'missing' };
    const { store, buckets, population } = this.parts;
    const { files } = await retryFor(() => this.indexOf(spec.inputs));
    const { id, value } = population.predictions;
    const named = files.slice(rows === 'all' ? 0 : 1).map(({ name }) => [name, prediction]);
    const plain = Buffer.from(stringify([[id, value], ...named]));
    const body = spec.seal === undefined ? plain : await sealBytes(spec.seal, plain);
    const key = runObjects.predictions(spec.runKey);
    await unlessKilled(process, () => store.writeIfAbsent(buckets.runs, key, body));
    return { kind: 'collected', key, bytes: plain.length, sha256: sha256(body) };
  }

  /** Cached: an index never changes, and a campaign has only two. */
  private indexOf({ indexKey }: InputSet): Promise<InputIndex> {
    const index =
      this.indexes.get(indexKey) ?? this.parts.store.readJson<InputIndex>(this.parts.buckets.inputs, indexKey);
    this.indexes.set(indexKey, index);
    index.catch(() => this.indexes.delete(indexKey));
    return index;
  }
}

/** A write that waits for S3 is abandoned when its process is killed. */
const unlessKilled = (process: SimulatedProcess, write: () => Promise<unknown>): Promise<unknown> =>
  retryFor(async () => (process.isKilled ? undefined : write()));
