import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Rig, rigKey } from '../../local/batch-endpoint/endpoint-rig.ts';
import { itWithPython, runPython } from '../python.ts';

interface Contract {
  operations: string[];
  answers: number;
  facts: Record<string, unknown>;
  deviations: string[];
}

interface Refusal {
  status: number;
  type: string;
  modelled: boolean;
  message: string;
}

interface Refusals {
  bad: Record<string, Refusal | null>;
  unserved: Record<string, Refusal | null>;
  deviations: string[];
}

/** The answers that botocore's model does not allow and that docs/fidelity.md names, each in backticks. */
function undocumented(deviations: readonly string[]): string[] {
  const page = readFileSync('docs/fidelity.md', 'utf8');
  return deviations.filter((deviation) => !page.includes(`\`${deviation}\``));
}

describe('the local Batch endpoint by the service model of botocore', () => {
  const machine = { instanceType: 'g4dn.xlarge', vcpus: 4, memoryMiB: 15_000, gpus: 1 };
  const rig = new Rig({
    queues: [
      { name: 'gpu', slots: 4, machine },
      { name: 'none', slots: 0, machine, jobStateTimeLimitActions: [{ reason: 'CAPACITY', maxTimeSeconds: 600 }] },
      { name: 'off', slots: 1, state: 'DISABLED' },
    ],
    delays: { list: 300, describe: 0, step: 250 },
    killGraceSeconds: 1,
  });
  before(() => rig.start());
  after(() => rig.remove());

  const asked = <T>(program: string): Promise<T> =>
    runPython<T>(`test/cloud/batch/${program}`, [rig.url, rigKey.accessKeyId, rigKey.secretAccessKey]);

  itWithPython('answers every operation, in every state of a job, as the model and the paginators expect', async () => {
    const { operations, answers, facts, deviations } = await asked<Contract>('contract.py');
    assert.deepEqual(operations, [
      'CancelJob',
      'CancelJobs',
      'DeregisterJobDefinition',
      'DescribeComputeEnvironments',
      'DescribeJobDefinitions',
      'DescribeJobQueues',
      'DescribeJobs',
      'GetJobQueueSnapshot',
      'ListJobs',
      'ListTagsForResource',
      'RegisterJobDefinition',
      'SubmitJob',
      'TagResource',
      'TerminateJob',
      'TerminateJobs',
      'UntagResource',
    ]);
    const page = readFileSync('docs/fidelity.md', 'utf8');
    for (const operation of operations) assert.ok(page.includes(`\`${operation}\``), `${operation} is documented`);
    assert.ok(answers > 150, `${answers} answers`);
    assert.deepEqual(facts, {
      'definition comes back as it was given': true,
      'paginated revisions': [5, 4, 3, 2, 1],
      'active revisions': [5, 4, 2, 1],
      'paginated queues': ['gpu', 'none', 'off'],
      "every queue's environment exists": true,
      'command with its parameter': ['run', 'that'],
      attempts: 1,
      'place of the attempt': ['containerInstanceArn', 'logStreamName', 'taskArn'],
      'exit code': [3, 3],
      'reason of the head': 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
      'front of the queue': true,
      cancelled: true,
      'ended in bulk': [true, ['ClientException']],
      terminated: [true, true, true],
      'reason of the caller': 'enough',
      'states seen': ['FAILED', 'PENDING', 'RUNNABLE', 'RUNNING', 'SUBMITTED', 'SUCCEEDED'],
      'listed by JOB_NAME paged': [7, 7],
      'listed by JOB_NAME PAG*': [7, 7],
      'listed by JOB_DEFINITION runner': [9, 9],
      'listed by BEFORE_CREATED_AT': [9, 9],
      'listed by AFTER_CREATED_AT': [9, 9],
      'listed by SHARE_IDENTIFIER none': [0, 0],
      'unknown jobs are left out': true,
      'tags of a job': true,
      'tags of a definition': true,
      'tags of a queue': true,
      'tags of a environment': true,
    });
    assert.deepEqual(undocumented(deviations), []);
  });

  itWithPython('refuses every bad request with the error that the model names', async () => {
    const { bad, unserved, deviations } = await asked<Refusals>('bad_requests.py');
    assert.ok(Object.keys(bad).length >= 80, `${Object.keys(bad).length} requests`);
    const statusOf = (name: string): number => {
      if (/KiB/.test(name)) return 413;
      return /unknown (?:queue|definition|revision|job)|nowhere|another account|are gone|tags of/.test(name)
        ? 404
        : 400;
    };
    for (const [name, refusal] of Object.entries({ ...bad, ...unserved })) {
      assert.ok(refusal, `${name} was accepted`);
      const { status, type, modelled } = refusal;
      assert.deepEqual(
        { status, type, modelled },
        { status: statusOf(name), type: 'ClientException', modelled: true },
        name,
      );
    }
    const plain = /not served|has no|must be 1|no other variable|deprecated|must be container/;
    for (const [name, refusal] of Object.entries(unserved)) assert.match(refusal?.message ?? '', plain, name);
    assert.deepEqual(undocumented(deviations), []);
  });
});

describe('the limits of the local Batch endpoint by botocore', () => {
  const rig = new Rig({ callsPerSecond: 10 });
  before(() => rig.start());
  after(() => rig.remove());

  itWithPython('throttle with what botocore repeats, and refuse wrong keys with what it names', async () => {
    const args = [rig.url, rigKey.accessKeyId, rigKey.secretAccessKey];
    assert.deepEqual(await runPython('test/cloud/batch/limits.py', args), {
      'errors without retries': ['TooManyRequestsException 429'],
      'request ids': true,
      "errors with botocore's retries": [],
      'botocore repeated calls': true,
      'unknown key': 'UnrecognizedClientException 403',
      'wrong secret': 'InvalidSignatureException 403',
      'wrong region': 'InvalidSignatureException 403',
    });
  });
});
