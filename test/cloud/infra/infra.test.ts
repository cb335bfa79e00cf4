import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { field, readInstallation, resourcesOf, type Installation } from '../../../infra/checks/installation.ts';
import { Mutant, set, statementWith } from '../../../infra/checks/mutate.ts';
import { mutations } from '../../../infra/checks/mutations.ts';
import { promises } from '../../../infra/checks/promises.ts';
import { settings as inKnownAccount } from '../../../infra/checks/account-settings.ts';
import { settings as sample } from '../../../infra/checks/sample-settings.ts';
import { settings as own } from '../../../infra/settings.ts';
import { describeWithCdk, nagFindings, policyFindings, synthesise, templateErrors, writeInstallation } from './rig.ts';
import { itWithPython, runPython } from '../python.ts';

/** Each synthesis runs cdk-nag too, and fails on a finding that nobody has acknowledged. */
const installations = [
  { title: 'the installation of settings.ts', file: './settings.ts', settings: own },
  { title: 'a sample with a class of each kind', file: './checks/sample-settings.ts', settings: sample },
  { title: 'the sample in a known account', file: './checks/account-settings.ts', settings: inKnownAccount },
];

describeWithCdk('the infrastructure', function () {
  this.timeout(600_000);
  let folder: string;
  /** The sample, which the mutations change. */
  let original: Installation;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdout-infra-'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [index, { title, file, settings }] of installations.entries()) {
    describe(`of ${title}`, () => {
      let installation: Installation;
      const place = (): string => join(folder, String(index));

      it('is made without a network and without an account, and cdk-nag finds nothing', () => {
        synthesise(file, place());
        installation = readInstallation(place());
        if (settings === sample) original = installation;
        assert.deepEqual(Object.keys(installation).sort(), ['access', 'alarm', 'compute', 'network', 'storage']);
      });

      for (const { name, faultsIn } of promises) {
        it(`keeps its promise: ${name}`, () => assert.deepEqual(faultsIn(installation, settings), []));
      }

      itWithPython('has templates in which cfn-lint finds no error', () => {
        assert.equal(templateErrors(place(), Object.keys(installation)), '');
      });

      itWithPython('has policies in which parliament finds nothing', () => {
        assert.deepEqual(policyFindings(installation), []);
      });
    });
  }

  describe('at work', () => {
    itWithPython('has a rule that, by moto, sees the break-glass role being taken, and nothing else', async () => {
      const [rule] = resourcesOf(original, 'AWS::Events::Rule');
      // As CloudTrail records it (CloudTrail user guide, "Example AWS STS API event").
      const taken = (role: string, eventName = 'AssumeRole') => ({
        source: 'aws.sts',
        'detail-type': 'AWS API Call via CloudTrail',
        region: 'us-east-1',
        detail: {
          eventSource: 'sts.amazonaws.com',
          eventName,
          readOnly: true,
          requestParameters: { roleArn: `arn:aws:iam::123456789012:role/${role}`, roleSessionName: 'inquiry' },
        },
      });
      const events = [
        taken('example-holdout-break-glass'),
        taken('example-holdout-operator'),
        taken('other-holdout-break-glass'),
        taken('example-holdout-break-glass', 'GetCallerIdentity'),
      ];
      const pattern = JSON.stringify(field(rule?.properties, 'EventPattern'));
      const matched = await runPython('test/cloud/event_pattern.py', [pattern, JSON.stringify(events)]);
      assert.deepEqual(matched, [true, false, false, false]);
    });
  });

  describe('with a change', () => {
    for (const { name, breaks, apply } of mutations) {
      it(`is found out: ${name}`, () => {
        const mutant = new Mutant(original);
        apply(mutant);
        const promise = promises.find((one) => one.name === breaks);
        assert.ok(promise, `there is no promise ${breaks}`);
        assert.notDeepEqual(promise.faultsIn(mutant.installation, sample), []);
      });
    }

    it('of each promise is in the list', () => {
      const broken = new Set(mutations.map(({ breaks }) => breaks));
      assert.deepEqual(
        promises.map(({ name }) => name).filter((name) => !broken.has(name)),
        [],
      );
    });
  });

  describe('with a change that other programs find', () => {
    const mutant = (apply: (changed: Mutant) => void): Installation => {
      const changed = new Mutant(original);
      apply(changed);
      return changed.installation;
    };

    it('shows cdk-nag a public bucket, requests without TLS, a wildcard and an open security group', () => {
      const changes: readonly [rule: string, change: (changed: Mutant) => void][] = [
        [
          'S2',
          (m) => {
            const { Properties } = m.find('AWS::S3::Bucket', 'holdout-runs');
            set(Properties, ['PublicAccessBlockConfiguration', 'BlockPublicPolicy'], false);
          },
        ],
        ['S10', (m) => m.remove('AWS::S3::BucketPolicy', '"inputs')],
        ['IAM5', (m) => set(statementWith(m.role('instance'), 'JoinTheCluster'), ['Action'], 'ecs:*')],
        [
          'EC23',
          (m) =>
            m.add('network', 'open', 'AWS::EC2::SecurityGroup', {
              GroupDescription: 'open',
              SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0', IpProtocol: '-1' }],
            }),
        ],
      ];
      const folders = changes.map(([rule]) => join(folder, rule));
      for (const [index, [, change]] of changes.entries()) writeInstallation(mutant(change), folders[index] ?? '');
      const [before = [], ...after] = nagFindings([join(folder, '1'), ...folders]);
      for (const [index, [rule]] of changes.entries()) {
        const found = (after[index] ?? []).filter((finding) => !before.includes(finding));
        assert.ok(
          found.some((finding) => finding.includes(`AwsSolutions-${rule}`)),
          `${rule}: ${found.join(', ')}`,
        );
      }
    });

    itWithPython('shows cfn-lint a misspelt property and an impossible value', () => {
      const place = join(folder, 'misspelt');
      const changed = mutant((m) => {
        set(m.find('AWS::Batch::JobQueue').Properties, ['Priorty'], 1);
        set(
          m.find('AWS::EC2::LaunchTemplate').Properties,
          ['LaunchTemplateData', 'MetadataOptions', 'HttpTokens'],
          'yes',
        );
      });
      writeInstallation(changed, place);
      const errors = templateErrors(place, ['compute']);
      assert.match(errors, /Priorty/);
      assert.match(errors, /'yes' is not one of/);
    });

    itWithPython('shows parliament an unknown action, all resources, and a resource that does not fit', () => {
      const changed = mutant((m) => {
        m.role('worker').push({ Effect: 'Allow', Action: 'batch:StartJob', Resource: '*' });
        m.role('scorer').push({ Effect: 'Allow', Action: 's3:PutObject', Resource: '*' });
        m.role('runner').push({ Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::holdout/*' });
      });
      const found = policyFindings(changed).join('\n');
      assert.match(found, /role example-holdout-worker: UNKNOWN_ACTION/);
      assert.match(found, /role example-holdout-scorer: RESOURCE_STAR/);
      assert.match(found, /role example-holdout-runner: RESOURCE_MISMATCH/);
    });
  });
});
