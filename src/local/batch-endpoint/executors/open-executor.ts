import { holdoutError } from '../../../errors.ts';
import { ObjectStore } from '../../../s3/object-store.ts';
import { bucketsOf, loadSettings } from '../../../settings.ts';
import type { JobExecutor } from '../jobs/job-executor.ts';
import { loadPopulation } from './population-file.ts';
import { ProcessExecutor, type ProcessPlace } from './process-executor.ts';
import { SimulatedExecutor } from './simulated-executor.ts';
import { SimulatedRunner } from './simulated-runner.ts';
import type { StartUp } from '../start-up-file.ts';

/** The executor that the start-up file asks for. Throws START_UP_FILE_INVALID, RUNNER_SETTING. */
export function openExecutor({ jobs, environment }: StartUp, place: ProcessPlace): JobExecutor {
  if (jobs.kind === 'processes') return new ProcessExecutor(jobs, environment, place);
  const settings = loadSettings(environment);
  const runner = new SimulatedRunner({
    // Like a process, it gets only the start-up file's environment and nothing from the endpoint's own.
    store: new ObjectStore(settings, {
      endpoint: required(environment, 'AWS_ENDPOINT_URL_S3'),
      region: required(environment, 'AWS_REGION'),
      credentials: {
        accessKeyId: required(environment, 'AWS_ACCESS_KEY_ID'),
        secretAccessKey: required(environment, 'AWS_SECRET_ACCESS_KEY'),
      },
    }),
    buckets: bucketsOf(settings),
    population: loadPopulation(jobs.population),
    seed: jobs.seed,
  });
  return new SimulatedExecutor(runner, jobs.timeScale, place.log);
}

function required(environment: Record<string, string>, name: string): string {
  const value = environment[name];
  if (!value) throw holdoutError('RUNNER_SETTING', { name, value: '' });
  return value;
}
