import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { faultCause } from '../../../src/campaign/evaluation/fault-cause.ts';
import { holdoutError } from '../../../src/errors.ts';
import { adviceOn, knownFaults } from '../../../src/campaign/explanation/platform-advice.ts';

const details = { jobDefinition: 'holdout-runner-g4', resources: '4 vCPUs, 15,000 MiB, 1 GPU', revisions: 2 };
const missingDefinition = faultCause(holdoutError('JOB_DEFINITION_MISSING', details).message);

describe('advice on platform faults', () => {
  it('is found for the text of every known fault, and by no row before its own', () => {
    for (const { example, lasts, who, next } of knownFaults) {
      assert.deepEqual(adviceOn(example), { lasts, who, next }, example);
    }
  });

  it('is found for the cause that a run keeps of such a text', () => {
    const cause = faultCause(
      'the job FAILED without an outcome, Task failed to start, CannotPullContainerError: manifest unknown',
    );
    assert.match(adviceOn(cause)?.next ?? '', /^push the image of the runner/);
  });

  it('is found for a job definition that is missing, whoever notices it', () => {
    for (const cause of [
      missingDefinition,
      'Batch refuses the job: ClientException: JobDefinition holdout-runner-g4:1 not found.',
      'Batch refuses the job: ClientException: Job definition holdout-runner-g4:1 does not exist',
    ]) {
      assert.match(adviceOn(cause)?.next ?? '', /^register the job definition of the class/, cause);
    }
  });

  it('tells faults that last from those that may pass', () => {
    const start = 'the job FAILED without an outcome, Task failed to start, ';
    const lasting = [
      `${start}CannotPullContainerError: pull access denied for x, repository does not exist or may require 'docker login'`,
      `${start}CannotPullContainerError: Error response from daemon: manifest for x@sha256:… not found: manifest unknown`,
      'Batch cannot place the job: MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated',
      'Batch refuses the job: ClientException: Error executing request, Exception : Job queue does not exist., RequestId: …',
      'AccessDeniedException: User: arn… is not authorized to perform: batch:DescribeJobs',
      missingDefinition,
    ];
    const passing = [
      `${start}CannotPullContainerError: Get "https://…": net/http: TLS handshake timeout`,
      `${start}DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s`,
      'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested',
    ];
    for (const text of lasting) assert.equal(adviceOn(text)?.lasts, true, text);
    for (const text of passing) assert.equal(adviceOn(text)?.lasts, false, text);
    assert.equal(adviceOn('ENGINE_FAILS: no runroot'), undefined);
  });

  it('is listed in docs/blocked.md, row by row', () => {
    const docs = readFileSync('docs/blocked.md', 'utf8').replaceAll(/\s+/g, ' ');
    for (const { example, lasts, source, who } of knownFaults) {
      const row = `| ${lasts ? 'lasts' : 'may pass'} | ${source} | ${who} |`;
      const place = docs.indexOf(`\`${example.replaceAll(/\s+/g, ' ')}\``);
      assert.ok(place >= 0, example);
      assert.ok(docs.slice(place, place + 500).includes(row), `${example}: ${row}`);
    }
  });
});
