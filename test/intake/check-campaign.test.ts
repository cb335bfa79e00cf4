import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { containerSettings } from '../../src/campaign/model/container-settings.ts';
import { bestFirst, metricNames } from '../../src/campaign/model/metrics.ts';
import { HoldoutError } from '../../src/errors.ts';
import { sha256 } from '../../src/sha256.ts';
import { checkCampaign } from '../../src/intake/check-campaign.ts';
import { CampaignFolders, campaignYaml, files, now } from './campaign-folders.ts';

describe('checking a campaign', () => {
  const folders = new CampaignFolders();
  after(() => folders.remove());

  it('returns everything in the units of the frozen campaign, cheapest class first', async () => {
    const file = folders.write();
    const folder = dirname(file);
    assert.deepEqual(await checkCampaign(file, now), {
      campaign: 'deepfake-final',
      metric: 'log-loss',
      predictions: { file: 'predictions.csv', id: 'filename', value: 'label', maxBytes: 52_428_800, missing: 'reject' },
      testSet: { kind: 'local', path: join(folder, 'private/inputs'), checked: { names: ['a.mp4', 'b.mp4'] } },
      sampleSet: { kind: 'local', path: join(folder, 'public/sample'), checked: { names: ['a.mp4'] } },
      labels: {
        kind: 'local',
        path: join(folder, 'private/labels.csv'),
        checked: { sha256: sha256(files['private/labels.csv'] ?? '') },
      },
      submissions: [
        {
          submission: 's-1',
          team: 'team-42',
          teamName: 'Nous, les Faux',
          submittedAt: '2020-03-31T23:59:00.000Z',
          image: { kind: 'archive', path: join(folder, 'images/one.tar') },
          publicScore: 0.42,
        },
        {
          submission: 's-2',
          team: 'team-42',
          teamName: 'Nous, les Faux',
          submittedAt: '2020-03-30T00:00:00.000Z',
          image: { kind: 's3', bucket: 'hand-in', key: 'two.tar' },
        },
        {
          submission: 's-3',
          team: 'team-7',
          teamName: 'Seven',
          submittedAt: '2020-03-29T10:00:00.000Z',
          image: { kind: 'registry', reference: 'docker://registry.example.org/team-7/model:v1' },
        },
      ],
      teamNames: 'pseudonyms',
      deadline: '2026-12-14T12:00:00.000Z',
      deadlineAsWritten: '3w',
      budget: { microUsd: 50_000_000_000, rerunReserveShare: 0.1 },
      limits: {
        wallClockSeconds: 32_400,
        wallClockOn: 'p3.2xlarge',
        memoryMiB: 14_336,
        pids: 512,
        outputBytes: 2 ** 30,
        imageBytes: 10 * 2 ** 30,
        unpackedBytes: 30 * 2 ** 30,
        sharedMemoryMiB: 1_024,
        attempts: 3,
        platformRuns: 5,
      },
      leaderboard: { perTeam: 'best', ties: 'earliest', order: 'ascending' },
      fairness: { perTeamInFlight: 2, seed: 2020, weights: { 'team-42': 2 } },
      instanceClasses: [
        {
          name: 'g4dn.xlarge',
          kind: 'gpu',
          gpu: 'nvidia',
          gpuMemoryMiB: 15_109,
          queue: 'holdout-g4',
          vcpus: 4,
          memoryMiB: 15_000,
          microUsdPerHour: 526_000,
          relativeSpeed: 1,
          slots: 85,
          purchase: 'spot',
          onDemandAfter: 2,
          runnableLimitSeconds: 21_600,
        },
        {
          name: 'c4.4xlarge',
          kind: 'cpu',
          queue: 'holdout-c4',
          vcpus: 16,
          memoryMiB: 29_000,
          microUsdPerHour: 796_000,
          relativeSpeed: 1,
          slots: 20,
          purchase: 'on-demand',
          wallClockSeconds: 86_400,
          runnableLimitSeconds: 5_400,
        },
        {
          name: 'p3.2xlarge',
          kind: 'gpu',
          gpu: 'nvidia',
          gpuMemoryMiB: 16_160,
          queue: 'holdout-p3',
          vcpus: 8,
          memoryMiB: 60_000,
          microUsdPerHour: 3_060_000,
          relativeSpeed: 2.14,
          slots: 20,
          purchase: 'on-demand',
          runnableLimitSeconds: 21_600,
        },
      ],
      expect: { runtimeSeconds: 36_000, on: 'p3.2xlarge' },
    });
  });

  it('fills in defaults', async () => {
    const short = `campaign: short
metric: roc-auc
inputs: { testSet: s3://data/test, labels: s3://labels/labels.csv }
submissions: submissions.csv
deadline: 2027-01-01T00:00:00+01:00
budget: { usd: 0.5 }
limits: { wallClock: 1h, wallClockOn: only, memory: 1GiB }
instanceClasses: [{ name: only, kind: gpu, queue: q, gpuMemoryMiB: 100, vcpus: 1, memoryMiB: 2048, usdPerHour: 0, slots: 1 }]
`;
    const checked = await checkCampaign(folders.write({ 'campaign.yaml': short }), now);
    assert.deepEqual(checked.testSet, { kind: 's3', bucket: 'data', key: 'test/' });
    assert.deepEqual(checked.labels, { kind: 's3', bucket: 'labels', key: 'labels.csv' });
    assert.ok(!('sampleSet' in checked) && !('expect' in checked));
    assert.equal(checked.deadline, '2026-12-31T23:00:00.000Z');
    assert.equal(checked.leaderboard.order, 'descending');
    assert.deepEqual(checked.predictions, {
      file: 'predictions.csv',
      id: 'filename',
      value: 'label',
      maxBytes: 52_428_800,
      missing: 'reject',
    });
    assert.deepEqual(checked.budget, { microUsd: 500_000, rerunReserveShare: 0.1 });
    assert.deepEqual(checked.fairness, { perTeamInFlight: 2, seed: 0, weights: {} });
  });

  it('takes the isolation of a class, and has none without it', async () => {
    const gvisor = campaignYaml.replace('kind: cpu', 'kind: cpu, isolation: gvisor');
    const { instanceClasses } = await checkCampaign(folders.write({ 'campaign.yaml': gvisor }), now);
    assert.deepEqual(
      instanceClasses.map(({ isolation }) => isolation),
      [undefined, 'gvisor', undefined],
    );
  });

  for (const metric of metricNames) {
    it(`takes the metric ${metric} and orders the leaderboard by it`, async () => {
      const order = campaignYaml.replace('metric: log-loss', `metric: ${metric}`).replace(', order: ascending', '');
      const checked = await checkCampaign(folders.write({ 'campaign.yaml': order }), now);
      assert.equal(checked.leaderboard.order, bestFirst(metric));
    });
  }

  it('names every fault of all files at once', async () => {
    const faults = await folders.faultsOf({
      'campaign.yaml': campaignYaml
        .replace('metric: log-loss', 'metric: log-los')
        .replace('memory: 14GiB', 'memroy: 14GiB')
        .replace('queue: holdout-c4, ', ''),
      'submissions.csv': (files['submissions.csv'] ?? '')
        .replace('s-3', 'S-1')
        .replace('images/one.tar', 'images/none.tar'),
      'private/inputs/c.mp4': 'c',
      'public/sample/a.mp4': null,
    });
    assert.deepEqual(faults, [
      'campaign.yaml:2: metric is "log-los", must be log-loss, roc-auc, accuracy, f1 or rmse (did you mean log-loss?)',
      'campaign.yaml:9: limits.memroy is not a key of a campaign file (did you mean memory?)',
      'campaign.yaml:9: limits.memory is missing, must be a size such as 50MiB or 14GiB',
      'campaign.yaml:15: instanceClasses[2].queue is missing, must be text',
      'campaign.yaml:4: inputs.sampleSet: public/sample does not exist',
      'campaign.yaml:4: inputs.labels: private/labels.csv has no label for 1 input: "c.mp4"',
      'submissions.csv:2: image images/none.tar does not exist',
      'submissions.csv:4: submission is "S-1", the same as on line 2 (ignoring case): ids must be unique',
    ]);
  });

  it('names a file that it cannot read', async () => {
    const missing = join(folders.root, 'nothing.yaml');
    await assert.rejects(checkCampaign(missing, now), (error) => {
      assert.ok(error instanceof HoldoutError && error.code === 'CAMPAIGN_FILE_UNREADABLE');
      assert.match(error.message, /nothing\.yaml cannot be read: there is no such file$/);
      return true;
    });
    await assert.rejects(checkCampaign(join(folders.root, '/'), now), /cannot be read: it is a folder$/);
  });

  it('reports faults for any content and never crashes', async () => {
    const lines = campaignYaml.split('\n');
    const content = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.constantFrom(
        '',
        '[]',
        'a: &a [*a]',
        '{}',
        'null',
        '---\n---\n',
        '? [x]\n: y',
        '__proto__: {}',
        'limits: { constructor: 1 }',
      ),
      fc.tuple(fc.nat(lines.length - 1), fc.string()).map(([at, line]) => lines.with(at, line).join('\n')),
    );
    const file = folders.write();
    await fc.assert(
      fc.asyncProperty(content, async (yaml) => {
        writeFileSync(file, yaml);
        try {
          await checkCampaign(file, now);
        } catch (error) {
          assert.ok(error instanceof HoldoutError && error.code === 'CAMPAIGN_INVALID', String(error));
          assert.match(error.message, /(campaign\.yaml:\d+|\.csv)/);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('accepts arguments, a command and a layout, of the campaign and of a row', async () => {
    const settings =
      'deadline: 3w\nlayout: kaggle\nargs: ["{input}", "{predictions}"]\ncommand: [python, main.py]\nrootFilesystem: writable\n';
    const [header = '', ...lines] = (files['submissions.csv'] ?? '').trim().split('\n');
    const cells = [',"--in {input}",', ',[],./run.sh', ',,'];
    const rows = [`${header},args,command`, ...lines.map((line, n) => `${line}${cells[n] ?? ''}`)].join('\n');
    const yaml = campaignYaml.replace('deadline: 3w\n', settings).replace('file: predictions.csv, ', '');
    const checked = await checkCampaign(folders.write({ 'campaign.yaml': yaml, 'submissions.csv': rows }), now);
    assert.deepEqual(
      [checked.layout, checked.args, checked.command, checked.predictions.file],
      ['kaggle', ['{input}', '{predictions}'], ['python', 'main.py'], 'submission.csv'],
    );
    assert.deepEqual(
      checked.submissions.map(({ args, command }) => [args, command]),
      [
        [['--in', '{input}'], undefined],
        [[], ['./run.sh']],
        [undefined, undefined],
      ],
    );
    assert.deepEqual(containerSettings(checked, checked.submissions[0] ?? {}), {
      paths: { input: '/kaggle/input', output: '/kaggle/working' },
      command: ['python', 'main.py'],
      args: ['--in', '/kaggle/input'],
      rootFilesystem: 'writable',
    });
    const usual = await checkCampaign(folders.write(), now);
    assert.deepEqual([containerSettings(usual, {}), 'layout' in usual, 'args' in usual], [{}, false, false]);
  });
});
