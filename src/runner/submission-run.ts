import { mkdir, rm } from 'node:fs/promises';
import type { CollectedPredictions, RunOutcome } from '../campaign/model/run-outcome.ts';
import type { RunSpec } from '../campaign/model/run-spec.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import type { Buckets } from '../settings.ts';
import { ContainerEngine } from './sandbox/engine.ts';
import type { EngineImage } from './sandbox/engine-image.ts';
import { HeadAndTail } from './measure/head-and-tail.ts';
import { provideImage } from './stage/image.ts';
import { retryFor } from '../retry-for.ts';
import { maxWithheld } from './sandbox/environment/clean-environment.ts';
import { copyPredictions, type FoundPredictions } from './stage/predictions.ts';
import { releaseHost } from './sandbox/release.ts';
import { type RunPaths, runPathsOf } from './sandbox/run-paths.ts';
import type { RunnerSettings } from './runner-settings.ts';
import { runInSandbox, type SandboxReport } from './sandbox/sandbox.ts';
import { timeShorterRun } from './shorter-run.ts';
import { stageInputs } from './stage/stage-inputs.ts';
import { storedLog } from './stage/stored-log.ts';
import { runObjects } from '../object-keys.ts';

interface SubmissionRun {
  store: ObjectStore;
  buckets: Buckets;
  settings: RunnerSettings;
  spec: RunSpec;
  /** Aborted by SIGTERM: the run ends early but has an outcome. */
  stop: AbortSignal;
}

/** The run's resources on this host. */
interface Host {
  engine: ContainerEngine;
  place: RunPaths;
  log: HeadAndTail;
}

/** `undefined`: the run was stopped before it got there. */
interface Ended {
  image: EngineImage | undefined;
  report: SandboxReport | undefined;
  found: FoundPredictions;
  shorterRun: RunOutcome['shorterRun'];
}

/**
 * Carries out a claimed run, from staging its inputs to outcome.json, which is written last, after the host is clean. Throws
 * errors that are neither the submission's fault nor a stop; the host is clean then too.
 */
export async function runSubmission(run: SubmissionRun): Promise<void> {
  const { settings, spec } = run;
  const host = { engine: new ContainerEngine(settings.engine), place: runPathsOf(settings), log: new HeadAndTail() };
  await mkdir(host.place.folder, { recursive: true, mode: 0o700 });
  // Helpers of the engine leave files in the current folder (conmon: one named oom); they are removed with the run's folder.
  process.chdir(host.place.folder);
  try {
    const ended = await runAndRelease(run, host);
    const { predictions, log } = await upload(run, host, ended.found);
    process.chdir('/');
    await rm(host.place.folder, { recursive: true });
    const outcome = outcomeOf(run, { ...ended, predictions, log });
    const key = runObjects.outcome(spec.runKey);
    await retryFor(() => run.store.writeIfAbsent(run.buckets.runs, key, `${JSON.stringify(outcome, null, 2)}\n`));
  } finally {
    await rm(host.place.folder, { recursive: true, force: true });
  }
}

async function runAndRelease(run: SubmissionRun, host: Host): Promise<Ended> {
  try {
    return await runAndCollect(run, host);
  } finally {
    await releaseHost(host.engine, host.place);
  }
}

async function runAndCollect(run: SubmissionRun, { engine, place, log }: Host): Promise<Ended> {
  const { store, buckets, settings, spec, stop } = run;
  let image: EngineImage | undefined;
  try {
    const bucket = buckets.inputs;
    const inputs = await stageInputs({ store, bucket, inputs: spec.inputs, scratch: settings.scratch, stop });
    image = await provideImage({
      engine,
      image: spec.image,
      scratch: settings.scratch,
      folder: place.folder,
      stop,
    });
    const { jobId, scratch, assignedGpus } = settings;
    const request = { spec, jobId, assignedGpus, engine, place, image, inputs, scratch, log, stop };
    const report = await runInSandbox(request);
    // Nobody reads the predictions of a stopped run, and a copy could outlast the 30 s that Batch gives a runner.
    if (report.run.end.kind === 'stopped') return { image, report, found: { kind: 'missing' }, shorterRun: null };
    const found = await copyPredictions({
      output: place.output,
      wanted: spec.predictions,
      to: place.predictions,
      seal: spec.seal,
    });
    return { image, report, found, shorterRun: await timeShorterRun(request, report) };
  } catch (error) {
    if (!stop.aborted) throw error;
    return { image, report: undefined, found: { kind: 'missing' }, shorterRun: null };
  }
}

/** What was uploaded of a run. */
interface Uploaded {
  predictions: CollectedPredictions;
  log: RunOutcome['log'];
}

async function upload(run: SubmissionRun, { place, log }: Host, found: FoundPredictions): Promise<Uploaded> {
  const { store, buckets, spec } = run;
  const { body, entry } = await storedLog(log, spec.seal);
  // Only the holder of the claim writes them: an object that exists is this one, whose response was lost.
  await retryFor(() => store.writeIfAbsent(buckets.runs, runObjects.log(spec.runKey), body));
  if (found.kind !== 'copied') return { predictions: found, log: entry };
  const key = runObjects.predictions(spec.runKey);
  await retryFor(() => store.uploadIfAbsent(buckets.runs, key, place.predictions));
  return { predictions: { kind: 'collected', key, bytes: found.bytes, sha256: found.sha256 }, log: entry };
}

function outcomeOf(
  { spec, settings }: SubmissionRun,
  { image, report, shorterRun, predictions, log }: Omit<Ended, 'found'> & Uploaded,
): RunOutcome {
  return {
    version: 1,
    runKey: spec.runKey,
    jobId: settings.jobId,
    imageDigest: spec.image.digest,
    imageBytes: image?.bytes ?? null,
    ...(report?.run.times ?? { startedAt: null, stoppedAt: null, seconds: 0 }),
    end: report?.run.end ?? { kind: 'stopped' },
    memory: {
      limitMiB: spec.limits.memoryMiB,
      ...(report?.memory ?? { peakMiB: null, outOfMemory: 'none' }),
    },
    device: report?.device ?? null,
    ...(report && report.withheld.length > 0 && { withheld: report.withheld.slice(0, maxWithheld) }),
    output: report?.output ?? { bytes: 0, full: false, growth: [] },
    predictions,
    shorterRun,
    log,
  };
}
