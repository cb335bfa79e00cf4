import assert from 'node:assert/strict';
import { awsErrorKind } from '../../src/cloud-checks/rules/aws-error-kind.ts';
import { skewKind, skewOf } from '../../src/cloud-checks/rules/clock-skew.ts';
import { rightsOf, roleArnOf } from '../../src/cloud-checks/rules/role-rights.ts';
import { simulatedRights } from '../../src/cloud-checks/rules/simulated-rights.ts';
import { vcpuNeeds } from '../../src/cloud-checks/rules/vcpu-quotas.ts';

describe('the clock', () => {
  const at = Date.parse('2026-11-29T12:00:00Z');
  const skew = (ms: number): number => skewOf('Sun, 29 Nov 2026 12:00:00 GMT', at + ms, at + ms + 200) ?? NaN;

  it('is compared with the Date of an answer, within its second and the time on the way', () => {
    assert.equal(Math.abs(skew(0)) <= 500, true);
    assert.equal(Math.round(skew(600_000) / 1000), 600);
    assert.equal(skewOf(undefined, at, at), undefined);
    assert.equal(skewOf('yesterday', at, at), undefined);
  });

  it('is refused from five minutes on, in both directions', () => {
    assert.equal(skewKind(skew(1_000)), 'right');
    assert.equal(skewKind(skew(-60_000)), 'off');
    assert.equal(skewKind(skew(301_000)), 'refused');
    assert.equal(skewKind(skew(-301_000)), 'refused');
  });
});

describe('an error of an AWS call', () => {
  const failed = (name: string, httpStatusCode?: number): Error =>
    Object.assign(new Error('x'), { name, ...(httpStatusCode !== undefined && { $metadata: { httpStatusCode } }) });
  // Names: IAM, STS and S3 error lists, and the common errors of JSON services.
  for (const [name, status, kind] of [
    ['InvalidAccessKeyId', 403, 'key'],
    ['InvalidClientTokenId', 403, 'key'],
    ['UnrecognizedClientException', 400, 'key'],
    ['SignatureDoesNotMatch', 403, 'key'],
    ['ExpiredToken', 400, 'key'],
    ['ExpiredTokenException', 400, 'key'],
    ['AccessDenied', 403, 'denied'],
    ['AccessDeniedException', 400, 'denied'],
    ['UnauthorizedOperation', 403, 'denied'],
    ['Unknown', 403, 'denied'],
    ['RequestTimeTooSkewed', 403, 'skewed'],
    ['NoSuchBucket', 404, 'missing'],
    ['RepositoryNotFoundException', 400, 'missing'],
    ['TimeoutError', undefined, 'unreachable'],
    ['InternalError', 500, 'other'],
  ] as const) {
    it(`${name} (${status ?? 'no answer'}) is of kind ${kind}`, () =>
      assert.equal(awsErrorKind(failed(name, status)).kind, kind));
  }
});

describe('an error that names another region', () => {
  // As S3 says it: AuthorizationHeaderMalformed has the field Region if the region is what is wrong with it.
  const malformed = (fields: object): Error =>
    Object.assign(new Error('x'), { name: 'AuthorizationHeaderMalformed', $metadata: { httpStatusCode: 400 } }, fields);

  it('is no fault of the key', () => {
    assert.deepEqual(awsErrorKind(malformed({ Region: 'us-east-1' })), { kind: 'elsewhere', region: 'us-east-1' });
    assert.equal(awsErrorKind(malformed({})).kind, 'key');
  });
});

describe('the rights of a role', () => {
  const places = {
    account: '123456789012',
    region: 'us-east-1',
    bucketPrefix: 'host-',
    definitions: 'holdout-runner',
    queues: ['holdout-g4'],
    imageRepository: 'host-holdout-submissions',
  };
  const actionsOn = (role: Parameters<typeof rightsOf>[0], resource: string): string[] =>
    rightsOf(role, places).flatMap((right) => (right.resource.includes(resource) ? [...right.actions] : []));

  it('are asked on whole ARNs, which a simulation needs', () => {
    const resources = (['worker', 'scorer', 'runner', 'operator'] as const).flatMap((role) =>
      rightsOf(role, places).map(({ resource }) => resource),
    );
    assert.deepEqual(
      resources.filter((resource) => resource !== '*' && resource.includes('*')),
      [],
    );
  });

  it('let the scorer alone read labels', () => {
    assert.deepEqual(actionsOn('scorer', 'host-holdout-labels/'), ['s3:GetObject']);
    for (const role of ['worker', 'runner'] as const) assert.deepEqual(actionsOn(role, 'holdout-labels'), []);
    assert.ok(!actionsOn('operator', 'holdout-labels').includes('s3:GetObject'));
  });

  it('let the worker submit to the queues of the campaign', () => {
    assert.deepEqual(actionsOn('worker', 'job-queue/holdout-g4'), ['batch:SubmitJob']);
    assert.equal(roleArnOf('worker', places), 'arn:aws:iam::123456789012:role/host-holdout-worker');
  });

  it('are lacking where the simulator denies, and open where it lacks a value of the real call', () => {
    const decision = (EvalDecision: string, MissingContextValues: string[] = []) => ({
      EvalActionName: 'batch:SubmitJob',
      EvalResourceName: 'arn:q',
      EvalDecision,
      MissingContextValues,
    });
    assert.deepEqual(
      simulatedRights([decision('allowed'), decision('implicitDeny'), decision('explicitDeny', ['x'])]),
      {
        allowed: 1,
        lacking: ['batch:SubmitJob on arn:q', 'batch:SubmitJob on arn:q'],
        open: [],
      },
    );
    assert.deepEqual(simulatedRights([decision('implicitDeny', ['batch:Image'])]).open, ['batch:SubmitJob on arn:q']);
  });
});

describe('the vCPUs of all slots', () => {
  it('are summed up by the quota that counts them', () => {
    const needs = vcpuNeeds([
      { instanceType: 'g4dn.xlarge', slots: 85, purchase: 'on-demand' },
      { instanceType: 'g6.xlarge', slots: 20, purchase: 'on-demand' },
      { instanceType: 'p3.2xlarge', slots: 2, purchase: 'spot' },
      { instanceType: 'c5.4xlarge', slots: 1, purchase: 'spot' },
      { instanceType: 'x9.large', slots: 1, purchase: 'spot' },
    ]);
    assert.deepEqual(
      needs.map(({ code, vcpus }) => [code, vcpus]),
      [
        ['L-DB2E81BA', 420],
        ['L-7212CCBC', 16],
        ['L-34B43A08', 16],
      ],
    );
  });
});
