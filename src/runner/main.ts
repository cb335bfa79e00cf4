/**
 * The program of a Batch job. `launch`: what Batch starts; it starts `run` in a container of its own. `run`: carries out the
 * run named by HOLDOUT_RUN_KEY and stops when its launcher ends; without a verb it has no launcher. `reap <jobId>`: removes
 * what a killed runner left on this host. `self-test`: starts every program that a run needs. Exit status:
 * {@link runnerExit}; an error is one line on standard error.
 */
import { runnerExit } from '../campaign/model/run-outcome.ts';
import { HoldoutError, messageOf, holdoutError } from '../errors.ts';
import { runJobSteps } from './job-steps.ts';
import { launch } from './launch/launch.ts';
import { runWithLauncher } from './launch/run-with-launcher.ts';
import { writeRunnerError } from './write-runner-error.ts';
import { reap } from './sandbox/release.ts';
import { loadRunnerSettings, type RunnerSettings } from './runner-settings.ts';
import { selfTest } from './self-test.ts';

const verbs: Record<string, (jobId: string | undefined) => Promise<number>> = {
  launch: () => launch({ settings: jobSettings(), environment: process.env, stop: stopBySignal().signal }),
  run: async () => {
    const settings = jobSettings();
    return runWithLauncher(settings, stopBySignal(), (stop) => runJobSteps(settings, stop).catch(report));
  },
  reap: async (jobId) => {
    await reap(loadRunnerSettings(jobId));
    return runnerExit.done;
  },
  'self-test': async () => {
    await selfTest((line) => process.stdout.write(`${line}\n`));
    return runnerExit.done;
  },
};

async function main([verb, jobId]: string[]): Promise<number> {
  if (verb === undefined) return runJobSteps(jobSettings(), stopBySignal().signal);
  const found = verbs[verb];
  if (found === undefined) throw holdoutError('RUNNER_SETTING', { name: 'command', value: verb });
  return found(jobId);
}

/** Aborts at SIGTERM. */
function stopBySignal(): AbortController {
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort());
  return stop;
}

/** The settings of a job. Throws RUNNER_SETTING. */
function jobSettings(): RunnerSettings {
  const settings = loadRunnerSettings(process.env['AWS_BATCH_JOB_ID']);
  // ECS gives tasks no region, and the SDK's own message does not say where it belongs.
  for (const name of ['HOLDOUT_RUN_KEY', 'AWS_REGION']) {
    if (!process.env[name]) throw holdoutError('RUNNER_SETTING', { name, value: '' });
  }
  return settings;
}

async function report(thrown: unknown): Promise<number> {
  const line = thrown instanceof HoldoutError ? `${thrown.code}: ${thrown.message} ${thrown.next}` : messageOf(thrown);
  process.stderr.write(`holdout-runner: ${line.replaceAll(/\s+/g, ' ')}\n`);
  if (process.env['HOLDOUT_RUN_KEY'] && process.argv[2] !== 'reap') await writeRunnerError(thrown);
  return runnerExit.error;
}

process.exit(await main(process.argv.slice(2)).catch(report));
