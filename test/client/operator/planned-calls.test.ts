import assert from 'node:assert/strict';
import type {
  PlannedCall,
  PlannedUse,
  CallingProgram,
} from '../../../src/client/operator/planned-calls/planned-call.ts';
import { plannedCalls } from '../../../src/client/operator/planned-calls/planned-calls.ts';
import { rightsOf, type CheckedRole } from '../../../src/cloud-checks/rules/role-rights.ts';
import type { CheckedCampaign, ImageLocation } from '../../../src/intake/checked-campaign.ts';
import { bucketsOf } from '../../../src/settings.ts';
import { frozenCampaign } from '../../support/campaigns/frozen-campaign.ts';

const registry = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const bucketPrefix = 'host-';
const use: PlannedUse = {
  buckets: bucketsOf({ bucketPrefix }),
  definitions: 'host-holdout-runner',
  registers: true,
  imageStore: `docker://${registry}/host-holdout-submissions`,
  imageScan: 'report',
  hasAccount: true,
  sealsPayloads: true,
  inputFiles: { testSet: 120, sampleSet: 12 },
};

const archive: ImageLocation = { kind: 'archive', path: '/one.tar' };

function campaign(images: ImageLocation[], changes: Partial<CheckedCampaign> = {}): CheckedCampaign {
  const { version: _version, manifest: _manifest, ...frozen } = frozenCampaign();
  return {
    ...frozen,
    testSet: { kind: 'local', path: '/inputs' },
    sampleSet: { kind: 'local', path: '/sample' },
    labels: { kind: 'local', path: '/labels.csv' },
    submissions: images.map((image, n) => ({
      submission: `s-${n}`,
      team: `t-${n}`,
      teamName: `Team ${n}`,
      submittedAt: '2026-11-01T00:00:00.000Z',
      image,
    })),
    ...changes,
  };
}

/** The role of each program on AWS. */
const roles: Record<CallingProgram, CheckedRole> = {
  start: 'operator',
  status: 'operator',
  worker: 'worker',
  runner: 'runner',
  scorer: 'scorer',
};

/** The action that IAM asks for, where it has another name than the operation. */
const actions: Record<string, string> = {
  's3:HeadBucket': 's3:ListBucket',
  's3:ListObjectsV2': 's3:ListBucket',
  's3:HeadObject': 's3:GetObject',
  's3:CreateMultipartUpload': 's3:PutObject',
  's3:UploadPart': 's3:PutObject',
  's3:CompleteMultipartUpload': 's3:PutObject',
  'batch:TerminateJobs': 'batch:TerminateJob',
};

describe('the calls of a dry run', () => {
  const callOf = (by: CallingProgram, call: string, calls: PlannedCall[]): PlannedCall[] =>
    calls.filter((one) => one.by === by && one.call === call);

  for (const by of Object.keys(roles) as CallingProgram[]) {
    it(`of ${by} are ones that its role has the right to, on its buckets`, () => {
      const places = { account: '123456789012', region: 'us-east-1', bucketPrefix, definitions: use.definitions };
      const rights = rightsOf(roles[by], {
        ...places,
        queues: ['holdout-g4'],
        imageRepository: 'host-holdout-submissions',
      });
      const isAllowed = (action: string, bucket: string | undefined): boolean =>
        rights.some(
          (right) =>
            right.actions.includes(action) &&
            (bucket === undefined ||
              [bucket, `${bucket}/`].some((one) => `${right.resource}/`.startsWith(`arn:aws:s3:::${one}/`))),
        );
      const calls = plannedCalls(campaign([archive, archive]), use).filter((one) => one.by === by);
      assert.ok(calls.length > 4, `${calls.length} calls`);
      const lacking = calls.flatMap(({ call, resource }) => {
        // Every key may ask who it is.
        if (call === 'sts:GetCallerIdentity') return [];
        const action = actions[call] ?? call;
        const buckets = resource.match(/\bhost-holdout-(?:inputs|labels|images|runs|results)\b/g) ?? [undefined];
        return buckets.flatMap((bucket) => (isAllowed(action, bucket) ? [] : [`${action} on ${bucket ?? resource}`]));
      });
      assert.deepEqual(lacking, []);
    });
  }

  it('count the files, archives and runs of the campaign', () => {
    const calls = plannedCalls(campaign([archive, archive, archive]), use);
    const counts = (by: CallingProgram, call: string): string[] => callOf(by, call, calls).map(({ count }) => count);
    assert.deepEqual(counts('start', 's3:PutObject'), ['134', '1', 'at most 3', 'at most 1', '1', '2']);
    // A probe and an evaluation each; three attempts and two runs that the platform ends at most.
    assert.deepEqual(counts('worker', 'batch:SubmitJob'), [
      '6 to 18',
      'at most 1 per class, $0.5977 in all if none is repeated',
    ]);
    assert.deepEqual(counts('start', 'batch:DescribeJobDefinitions'), ['4']);
  });

  it('without ECR, without an account, and with definitions that are registered leave those calls out', () => {
    const elsewhere = { imageStore: 'docker://registry.example.org/x', hasAccount: false, registers: false };
    const calls = plannedCalls(campaign([archive]), { ...use, ...elsewhere });
    const services = new Set(calls.map(({ call }) => call.split(':')[0]));
    assert.deepEqual(services, new Set(['batch', 's3']));
    assert.deepEqual(callOf('start', 'batch:RegisterJobDefinition', calls), []);
    const off = plannedCalls(campaign([archive]), { ...use, imageScan: 'off' });
    assert.deepEqual(callOf('worker', 'ecr:DescribeImageScanFindings', off), []);
  });

  it('of inputs, labels and archives in S3, and of images in ECR, read them where they are', () => {
    const [stored, image] = [
      { kind: 's3', bucket: 'theirs', key: 'one.tar' },
      { kind: 'registry', reference: `docker://${registry}/team:v1` },
    ] as const;
    const calls = plannedCalls(
      campaign([stored, image], {
        testSet: { kind: 's3', bucket: 'theirs', key: 'inputs/' },
        labels: { kind: 's3', bucket: 'theirs', key: 'labels.csv' },
      }),
      { ...use, inputFiles: { testSet: undefined, sampleSet: 12 } },
    );
    const resources = (call: string): string[] => callOf('start', call, calls).map(({ resource }) => resource);
    assert.ok(resources('s3:ListObjectsV2').includes('theirs/inputs/…'));
    for (const resource of ['theirs/inputs/…', 'theirs/labels.csv', 'archives of the submissions file'])
      assert.ok(resources('s3:GetObject').includes(resource), resource);
    assert.deepEqual(resources('ecr:BatchGetImage'), ['repositories of the submissions file']);
    assert.equal(callOf('worker', 'ecr:GetDownloadUrlForLayer', calls).length, 1);
    assert.ok(!resources('s3:PutObject').some((resource) => resource.startsWith('host-holdout-images/')));
  });
});
