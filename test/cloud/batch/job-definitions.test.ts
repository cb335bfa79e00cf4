import assert from 'node:assert/strict';
import { BatchClient, DescribeJobDefinitionsCommand } from '@aws-sdk/client-batch';
import { ensureJobDefinitions } from '../../../src/batch/definitions/ensure-job-definitions.ts';
import { JobDefinitionRevisions } from '../../../src/batch/definitions/newest-revision.ts';
import type { AwsRunnerHost, JobClass } from '../../../src/batch/definitions/job-definition.ts';
import { runnerHost } from '../batch-host.ts';
import { itWithPython, pythonProgram } from '../python.ts';
import { freePort } from '../../support/servers/free-port.ts';
import { ServerProcess } from '../server-process.ts';

const digest = (letter: string): string => `registry.example.org/holdout-runner@sha256:${letter.repeat(64)}`;
const host = runnerHost(digest('a'), '/var/lib/holdout');
const classes: JobClass[] = [
  { name: 'g4dn.xlarge', vcpus: 4, memoryMiB: 15_000, gpu: 'nvidia' },
  { name: 'c5.xlarge', vcpus: 4, memoryMiB: 7_000 },
];

describe('job definitions on a Batch that is not Holdout’s', () => {
  let moto: ServerProcess | undefined;
  after(() => moto?.stop());

  itWithPython('are registered once, anew when they change, and found by their resources', async () => {
    const port = await freePort();
    moto = await ServerProcess.start(pythonProgram('moto_server'), ['-p', String(port)], port, '/moto-api/data.json');
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const batch = new BatchClient({ endpoint: moto.url, region: 'us-east-1', credentials });
    const revisions = async (): Promise<number[]> => {
      const { jobDefinitions = [] } = await batch.send(new DescribeJobDefinitionsCommand({ status: 'ACTIVE' }));
      const named = (name: string): number =>
        jobDefinitions.filter((one) => one.jobDefinitionName === `holdout-runner-${name}`).length;
      return [named('g4dn-xlarge'), named('c5-xlarge')];
    };
    const ensure = (changed: Partial<AwsRunnerHost> = {}, of = classes): Promise<void> =>
      ensureJobDefinitions(batch, 'holdout-runner', { ...host, ...changed }, of);
    await ensure();
    await ensure();
    assert.deepEqual(await revisions(), [1, 1]);
    await ensure({ image: digest('b') });
    await ensure({ image: digest('b') });
    assert.deepEqual(await revisions(), [2, 2]);
    await ensure({ image: digest('b'), jobRoleArn: `${host.jobRoleArn}-2` });
    assert.deepEqual(await revisions(), [3, 3]);
    const larger = classes.map((one) => ({ ...one, memoryMiB: 2 * one.memoryMiB }));
    await ensure({ image: digest('b') }, larger);
    assert.deepEqual(await revisions(), [4, 4]);
    const known = new JobDefinitionRevisions(batch, 'holdout-runner');
    const references = [...classes, ...larger].map((one) => known.referenceFor(one));
    assert.deepEqual(await Promise.all(references), [
      'holdout-runner-g4dn-xlarge:3',
      'holdout-runner-c5-xlarge:3',
      'holdout-runner-g4dn-xlarge:4',
      'holdout-runner-c5-xlarge:4',
    ]);
    batch.destroy();
  });
});
