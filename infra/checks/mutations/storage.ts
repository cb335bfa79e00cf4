import { removeStatement, set, statementWith, type Mutant } from '../mutate.ts';
import type { Mutation } from '../mutation.ts';
import type { Properties } from '../installation.ts';

const buckets = 'five buckets, private, encrypted with the key, and outliving their stack';
const tls = 'every bucket refuses requests without TLS';
const once = 'an object of the runs and a record of the results is written once, whoever writes it';
const nothing = 'the policies of the buckets grant nothing';
const labels = 'only the scorer reads labels and only the operator writes them';
const key = 'the key decrypts labels for the scorer, and each role only its buckets';
const store = 'both repositories are immutable, scanned, encrypted with the key, and outlive their stack';
const inside = 'only the runner and break-glass get the layers of a submission';

const policyOf = (m: Mutant, bucket: string): Properties[] =>
  m.statements('AWS::S3::BucketPolicy', `"${bucket}`, 'PolicyDocument');
const readLabels: Properties = {
  Effect: 'Allow',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::example-holdout-labels/*',
};

const bucketMutations: Mutation[] = [
  {
    name: 'no bucket prefix',
    breaks: buckets,
    apply: (m) => set(m.find('AWS::S3::Bucket', 'holdout-labels').Properties, ['BucketName'], 'holdout-labels'),
  },
  {
    name: 'a bucket that may become public',
    breaks: buckets,
    apply: (m) =>
      set(
        m.find('AWS::S3::Bucket', 'holdout-runs').Properties,
        ['PublicAccessBlockConfiguration', 'BlockPublicPolicy'],
        false,
      ),
  },
  {
    name: 'a bucket with Amazon’s key',
    breaks: buckets,
    apply: (m) =>
      set(
        m.find('AWS::S3::Bucket', 'holdout-labels').Properties,
        ['BucketEncryption', 'ServerSideEncryptionConfiguration', 0, 'ServerSideEncryptionByDefault', 'SSEAlgorithm'],
        'AES256',
      ),
  },
  {
    name: 'results that are deleted with their stack',
    breaks: buckets,
    apply: (m) => (m.find('AWS::S3::Bucket', 'holdout-results').DeletionPolicy = 'Delete'),
  },
  {
    name: 'requests without TLS',
    breaks: tls,
    apply: (m) => removeStatement(policyOf(m, 'inputs'), 'SecureTransport'),
  },
  {
    name: 'no demand of If-None-Match',
    breaks: once,
    apply: (m) => removeStatement(policyOf(m, 'runs'), 'if-none-match'),
  },
  {
    name: 'no demand of If-None-Match for the records of the results',
    breaks: once,
    apply: (m) => removeStatement(policyOf(m, 'results'), 'if-none-match'),
  },
  {
    name: 'a ledger that may be replaced',
    breaks: once,
    apply: (m) => set(statementWith(policyOf(m, 'results'), 'if-none-match'), ['NotResource'], '*/ledger/*'),
  },
  {
    name: 'If-None-Match for the runner alone',
    breaks: once,
    apply: (m) =>
      set(statementWith(policyOf(m, 'runs'), 'if-none-match'), ['Condition', 'ArnEquals'], {
        'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/example-holdout-runner',
      }),
  },
  {
    name: 'If-None-Match also for the parts of an upload, which cannot have it',
    breaks: once,
    apply: (m) => set(statementWith(policyOf(m, 'runs'), 'if-none-match'), ['Condition', 'Bool'], {}),
  },
  {
    name: 'a grant to another account',
    breaks: nothing,
    apply: (m) => policyOf(m, 'results').push({ ...readLabels, Principal: { AWS: 'arn:aws:iam::999999999999:root' } }),
  },
];

const labelMutations: Mutation[] = [
  { name: 'labels for the runner', breaks: labels, apply: (m) => m.role('runner').push(readLabels) },
  { name: 'labels for the worker', breaks: labels, apply: (m) => m.role('worker').push(readLabels) },
  {
    name: 'labels for break-glass, by a wildcard in the name',
    breaks: labels,
    apply: (m) => m.role('breakglass').push({ ...readLabels, Resource: 'arn:aws:s3:::example-holdout-*' }),
  },
  {
    name: 'every action of S3 for the operator',
    breaks: labels,
    apply: (m) => m.role('operator').push({ ...readLabels, Action: 's3:*', Resource: '*' }),
  },
  {
    name: 'labels without a bucket policy',
    breaks: labels,
    apply: (m) => removeStatement(policyOf(m, 'labels'), 'OnlyTheScorer'),
  },
  {
    name: 'a bucket policy that exempts the worker',
    breaks: labels,
    apply: (m) =>
      set(
        statementWith(policyOf(m, 'labels'), 'OnlyTheScorer'),
        ['Condition', 'ArnNotEquals', 'aws:PrincipalArn'],
        [
          'arn:aws:iam::123456789012:role/example-holdout-scorer',
          'arn:aws:iam::123456789012:role/example-holdout-worker',
        ],
      ),
  },
  {
    name: 'the key for the labels in the runner’s hands',
    breaks: key,
    apply: (m) =>
      set(
        statementWith(m.statements('AWS::KMS::Key', '', 'KeyPolicy'), 'role/example-holdout-runner'),
        ['Condition', 'StringEquals', 'kms:EncryptionContext:aws:s3:arn'],
        'arn:aws:s3:::example-holdout-labels',
      ),
  },
  {
    name: 'the key for everything in the worker’s hands',
    breaks: key,
    apply: (m) =>
      delete statementWith(m.statements('AWS::KMS::Key', '', 'KeyPolicy'), 'role/example-holdout-worker')['Condition'],
  },
];

const imageMutations: Mutation[] = [
  {
    name: 'tags that may move',
    breaks: store,
    apply: (m) => set(m.find('AWS::ECR::Repository', 'holdout-runner').Properties, ['ImageTagMutability'], 'MUTABLE'),
  },
  {
    name: 'images that nobody scans',
    breaks: store,
    apply: (m) => delete m.find('AWS::ECR::Repository', 'holdout-submissions').Properties['ImageScanningConfiguration'],
  },
  {
    name: 'layers for everybody',
    breaks: inside,
    apply: (m) =>
      removeStatement(
        m.statements('AWS::ECR::Repository', 'holdout-submissions', 'RepositoryPolicyText'),
        'DownloadUrl',
      ),
  },
  {
    name: 'layers for the worker',
    breaks: inside,
    apply: (m) =>
      set(
        statementWith(
          m.statements('AWS::ECR::Repository', 'holdout-submissions', 'RepositoryPolicyText'),
          'DownloadUrl',
        ),
        ['Condition', 'ArnNotEquals', 'aws:PrincipalArn', 2],
        'arn:aws:iam::123456789012:role/example-holdout-worker',
      ),
  },
];

export const storageMutations = [...bucketMutations, ...labelMutations, ...imageMutations];
