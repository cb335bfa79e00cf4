import assert from 'node:assert/strict';
import type { JobDefinition as RegisteredDefinition } from '@aws-sdk/client-batch';
import { jobDefinition } from '../../../src/batch/definitions/job-definition.ts';
import { definitionFault } from '../../../src/cloud-checks/rules/definition-fault.ts';

const image = `123456789012.dkr.ecr.us-east-1.amazonaws.com/runner@sha256:${'a'.repeat(64)}`;
const instanceClass = { name: 'g4dn.xlarge', vcpus: 4, memoryMiB: 15_000, gpu: 'nvidia' } as const;
const installation = {
  prefix: 'holdout-runner',
  region: 'us-east-1',
  bucketPrefix: 'host-',
  bucketOwner: '123456789012',
};
const made = jobDefinition(
  'holdout-runner',
  {
    kind: 'aws',
    image,
    region: 'us-east-1',
    bucketPrefix: 'host-',
    bucketOwner: '123456789012',
    scratch: '/var/lib/holdout',
    jobRoleArn: 'arn:aws:iam::123456789012:role/runner',
    logGroup: '/runner',
  },
  instanceClass,
);
/** As Batch shows it, with what it adds. */
const registered: RegisteredDefinition = {
  ...made,
  type: 'container',
  jobDefinitionArn: 'arn:aws:batch:us-east-1:123456789012:job-definition/holdout-runner-g4dn-xlarge:3',
  revision: 3,
  status: 'ACTIVE',
  containerOrchestrationType: 'ECS',
  containerProperties: { ...made.containerProperties, ulimits: [], secrets: [] },
};
const changed = (properties: RegisteredDefinition['containerProperties']): RegisteredDefinition => ({
  ...registered,
  containerProperties: { ...registered.containerProperties, ...properties },
});
const faultOf = (definition: RegisteredDefinition, changes = {}): string =>
  definitionFault(definition, instanceClass, { ...installation, ...changes })?.why ?? 'none';

describe('a registered job definition', () => {
  it('is right as Holdout registers it', () => assert.equal(faultOf(registered), 'none'));

  for (const [what, definition, why] of [
    ['privileges', changed({ privileged: true }), /^was changed by hand: its privileged are not/],
    ['another command', changed({ command: ['sh'] }), /its command are not/],
    ['a folder of the host', changed({ volumes: [{ name: 'x', host: { sourcePath: '/' } }] }), /its volumes are not/],
    ['a retry', { ...registered, retryStrategy: { attempts: 3 } }, /its retryStrategy are not/],
    ['another time limit', { ...registered, timeout: { attemptDurationSeconds: 60 } }, /its timeout are not/],
    ['a tag', changed({ image: 'runner:v1' }), /^has the image runner:v1 by tag/],
    ['no role', changed({ jobRoleArn: undefined }), /^lacks jobRoleArn; its jobs could not start$/],
  ] as const) {
    it(`is refused with ${what}`, () => assert.match(faultOf(definition), why));
  }

  it('is refused if it is another installation’s', () => {
    assert.match(
      faultOf(registered, { region: 'eu-west-1' }),
      /^has AWS_REGION=us-east-1, this process has eu-west-1$/,
    );
    assert.match(faultOf(registered, { bucketPrefix: 'guest-' }), /^has HOLDOUT_BUCKET_PREFIX=host-/);
    assert.match(faultOf(registered, { bucketOwner: '210987654321' }), /^has HOLDOUT_BUCKET_OWNER=123456789012/);
  });

  it('is right on the local endpoint, which runs its own runner', () => {
    const local = jobDefinition('holdout-runner', { kind: 'local' }, instanceClass);
    const { jobDefinitionArn, revision, status } = registered;
    assert.equal(faultOf({ ...local, type: 'container', jobDefinitionArn, revision, status }), 'none');
  });
});
