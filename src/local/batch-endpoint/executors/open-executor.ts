import { holdoutError } from '../../../errors.ts';
import { ObjectStore } from '../../../s3/object-store.ts';
import { bucketsOf, loadSettings } from '../../../settings.ts';
import type { JobExecutor } from '../jobs/job-executor.ts';
import { loadPopulation } from './population-file.ts';
import { ProcessExecutor, type ProcessPlace } from './process-executor.ts';
import { SimulatedExecutor } from './simulated-executor.ts';
import { SimulatedRunner } from './simulated-runner.ts';
import type { StartUp } from '../start-up-file.ts';

/** What carries jobs out, as the start-up file says. Throws START_UP_FILE_INVALID, RUNNER_SETTING. */
export function openExecutor({ jobs, environment }: StartUp, place: ProcessPlace): JobExecutor {
  if (jobs.kind === 'processes') return new ProcessExecutor(jobs, environment, place);
  const settings = loadSettings(environment);
  const runner = new SimulatedRunner({
    // Like a process's environment, the start-up file's is all there is: nothing of the endpoint's own.
    store: new ObjectStore(settings, {
      endpoint: given(environment, 'AWS_ENDPOINT_URL_S3'),
      region: given(environment, 'AWS_REGION'),
      credentials: {
        accessKeyId: given(environment, 'AWS_ACCESS_KEY_ID'),
        secretAccessKey: given(environment, 'AWS_SECRET_ACCESS_KEY'),
      },
    }),
    buckets: bucketsOf(settings),
    population: loadPopulation(jobs.population),
    seed: jobs.seed,
  });
  return new SimulatedExecutor(runner, jobs.timeScale, place.log);
}

function given(environment: Record<string, string>, name: string): string {
  const value = environment[name];
  if (!value) throw holdoutError('RUNNER_SETTING', { name, value: '' });
  return value;
}
