import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { containerSettings } from '../../src/campaign/model/container-settings.ts';
import { bestFirst, metricNames } from '../../src/campaign/model/metrics.ts';
import { HoldoutError } from '../../src/errors.ts';
import { checkCampaign } from '../../src/intake/check-campaign.ts';

const now = new Date('2026-11-23T12:00:00Z');
const campaignYaml = `campaign: deepfake-final
metric: log-loss
predictions: { file: predictions.csv, id: filename, value: label, maxBytes: 50MiB, missing: reject }
inputs: { testSet: ./private/inputs, sampleSet: ./public/sample, labels: ./private/labels.csv }
submissions: ./submissions.csv
deadline: 3w
budget: { usd: 50000, rerunReserve: 10% }
expect: { runtime: 10h, on: p3.2xlarge }
limits: { wallClock: 9h, wallClockOn: p3.2xlarge, memory: 14GiB, pids: 512, output: 1GiB, image: 10GiB, sharedMemory: 1GiB, attempts: 3, platformRuns: 5 }
leaderboard: { perTeam: best, ties: earliest, order: ascending }
fairness: { perTeamInFlight: 2, seed: 2020, weights: { team-42: 2 } }
instanceClasses:
  - { name: p3.2xlarge, kind: gpu, gpu: nvidia, queue: holdout-p3, gpuMemoryMiB: 16160, vcpus: 8, memoryMiB: 60000, usdPerHour: 3.06, relativeSpeed: 2.14, slots: 20, purchase: on-demand }
  - { name: g4dn.xlarge, kind: gpu, queue: holdout-g4, gpuMemoryMiB: 15109, vcpus: 4, memoryMiB: 15000, usdPerHour: 0.526, slots: 85, purchase: spot }
  - { name: c4.4xlarge, kind: cpu, queue: holdout-c4, vcpus: 16, memoryMiB: 29000, usdPerHour: 0.796, relativeSpeed: 1, slots: 20, purchase: on-demand, wallClock: 24h, runnableLimit: 90m }
`;
const files: Record<string, string> = {
  'campaign.yaml': campaignYaml,
  'private/inputs/a.mp4': 'a',
  'private/inputs/b.mp4': 'b',
  'public/sample/a.mp4': 'a',
  'private/labels.csv': 'filename,label\na.mp4,0\nb.mp4,1\n',
  'images/one.tar': 'tar',
  'submissions.csv': `team,teamName,submission,image,submittedAt,publicScore
team-42,"Nous, les Faux",s-1,images/one.tar,2020-03-31T23:59:00Z,0.42
team-42,"Nous, les Faux",s-2,s3://hand-in/two.tar,2020-03-30,
team-7,Seven,s-3,docker://registry.example.org/team-7/model:v1,2020-03-29 10:00,
`,
};

describe('checking a campaign', () => {
  const root = mkdtempSync(join(tmpdir(), 'hand-in-'));
  let written = 0;
  after(() => rmSync(root, { recursive: true }));

  /** Writes a campaign with changed files (null: left out) and returns the path of its campaign file. */
  function campaign(changes: Record<string, string | Buffer | null> = {}): string {
    const folder = join(root, String((written += 1)));
    for (const [name, content] of Object.entries({ ...files, ...changes })) {
      if (content === null) continue;
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    return join(folder, 'campaign.yaml');
  }

  /** Every fault, without the folder. */
  async function faultsOf(changes: Record<string, string | Buffer | null>): Promise<string[]> {
    const file = campaign(changes);
    const failed = await checkCampaign(file, now).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : new Error('no error')),
    );
    if (failed === undefined) return [];
    assert.ok(failed instanceof HoldoutError && failed.code === 'CAMPAIGN_INVALID', failed.message);
    assert.equal(failed.source, 'user');
    const [, ...faults] = failed.message.replaceAll(`${dirname(file)}/`, '').split('\n  ');
    return faults;
  }
  const edited = (from: string | RegExp, to: string): Record<string, string> => {
    const yaml = campaignYaml.replace(from, to);
    assert.notEqual(yaml, campaignYaml);
    return { 'campaign.yaml': yaml };
  };

  it('returns everything in the units of the frozen campaign, cheapest class first', async () => {
    const file = campaign();
    const folder = dirname(file);
    assert.deepEqual(await checkCampaign(file, now), {
      campaign: 'deepfake-final',
      metric: 'log-loss',
      predictions: { file: 'predictions.csv', id: 'filename', value: 'label', maxBytes: 52_428_800, missing: 'reject' },
      testSet: { kind: 'local', path: join(folder, 'private/inputs') },
      sampleSet: { kind: 'local', path: join(folder, 'public/sample') },
      labels: { kind: 'local', path: join(folder, 'private/labels.csv') },
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
    const checked = await checkCampaign(campaign({ 'campaign.yaml': short }), now);
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

  for (const metric of metricNames) {
    it(`takes the metric ${metric} and orders the leaderboard by it`, async () => {
      const order = campaignYaml.replace('metric: log-loss', `metric: ${metric}`).replace(', order: ascending', '');
      const checked = await checkCampaign(campaign({ 'campaign.yaml': order }), now);
      assert.equal(checked.leaderboard.order, bestFirst(metric));
    });
  }

  it('names every fault of all files at once', async () => {
    const faults = await faultsOf({
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

  const single: [string, Record<string, string | Buffer | null>, RegExp][] = [
    [
      'an unknown section',
      edited('fairness:', 'fairnes:'),
      /^campaign\.yaml:11: fairnes is not a key .*\(did you mean fairness\?\)/,
    ],
    [
      'an unknown key in a class',
      edited('slots: 85', 'slots: 85, spot: true'),
      /^campaign\.yaml:14: instanceClasses\[1\]\.spot is not a key/,
    ],
    [
      'a campaign name',
      edited('deepfake-final', 'Deepfake'),
      /^campaign\.yaml:1: campaign is "Deepfake", must be up to 40 lowercase letters/,
    ],
    ['a number in place of text', edited('deepfake-final', '2020'), /^campaign\.yaml:1: campaign is 2020, must be/],
    [
      'a duration',
      edited('wallClock: 9h', 'wallClock: 9 hours'),
      /^campaign\.yaml:9: limits\.wallClock is "9 hours", must be a duration/,
    ],
    ['a duration of zero', edited('wallClock: 9h', 'wallClock: 0h'), /limits\.wallClock is "0h", must be a duration/],
    ['a size', edited('50MiB', '50'), /^campaign\.yaml:3: predictions\.maxBytes is 50, must be a size such as 50MiB/],
    ['a share', edited('10%', '10'), /^campaign\.yaml:7: budget\.rerunReserve is 10, must be a share/],
    [
      'a budget of zero',
      edited('50000', '0'),
      /^campaign\.yaml:7: budget\.usd is 0, must be an amount in dollars, more than 0/,
    ],
    [
      'a reserve of the whole budget',
      edited('rerunReserve: 10%', 'rerunReserve: 100%'),
      /^campaign\.yaml:7: budget\.rerunReserve is "100%", must be a share below 100%: nothing would be left for first runs$/,
    ],
    [
      'an excessive budget',
      edited('50000', '1e9000'),
      /^campaign\.yaml:7: budget\.usd is Infinity, must be an amount in dollars, more than 0, up to 1000000000$/,
    ],
    ['more than a billion', edited('50000', '1000000001'), /budget\.usd is 1000000001, must be .* up to 1000000000$/],
    [
      'a duration beyond a year',
      edited('wallClock: 9h', 'wallClock: 9007199254740991s'),
      /^campaign\.yaml:9: limits\.wallClock is "9007199254740991s", must be a duration such as .*, up to 365d$/,
    ],
    [
      'a wall clock beyond a year on a slow class',
      edited('wallClock: 9h', 'wallClock: 200d'),
      /^campaign\.yaml:14: instanceClasses\[1\]\.relativeSpeed is 1, which makes limits\.wallClock 428d on this class, must be up to 365d: /,
    ],
    [
      'an excessive speed',
      edited('2.14', '1e300'),
      /^campaign\.yaml:13: instanceClasses\[0\]\.relativeSpeed is 1e\+300, must be a number from 0\.001 to 1000$/,
    ],
    ['a speed near zero', edited('2.14', '1e-300'), /relativeSpeed is 1e-300, must be a number from 0\.001/],
    [
      'an excessive price',
      edited('0.526', '1001'),
      /^campaign\.yaml:14: instanceClasses\[1\]\.usdPerHour is 1001, must be an amount in dollars, up to 1000; /,
    ],
    [
      'more slots than machines',
      edited('slots: 85', 'slots: 10001'),
      /^campaign\.yaml:14: instanceClasses\[1\]\.slots is 10001, must be a whole number from 1 to 10000$/,
    ],
    [
      'too many open submissions per team',
      edited('perTeamInFlight: 2', 'perTeamInFlight: 1000000000000'),
      /^campaign\.yaml:11: fairness\.perTeamInFlight is 1000000000000, must be a whole number from 1 to 1000$/,
    ],
    [
      'a deadline beyond ten years',
      edited('deadline: 3w', 'deadline: 400000w'),
      /^campaign\.yaml:6: deadline is "400000w", must be a duration such as 3w or an instant .*, within ten years$/,
    ],
    [
      'an instant beyond ten years',
      edited('deadline: 3w', 'deadline: 2036-12-01'),
      /"2036-12-01", .* within ten years$/,
    ],
    ['a negative budget', edited('50000', '-5'), /budget\.usd is -5, must be/],
    [
      'half a slot',
      edited('slots: 85', 'slots: 8.5'),
      /^campaign\.yaml:14: instanceClasses\[1\]\.slots is 8\.5, must be a whole number from 1 to 10000/,
    ],
    [
      'a deadline in the past',
      edited('deadline: 3w', 'deadline: 2026-11-23T11:59:59Z'),
      /^campaign\.yaml:6: deadline is "2026-11-23T11:59:59Z", must be in the future \(now: 2026-11-23T12:00/,
    ],
    [
      'an invalid deadline',
      edited('deadline: 3w', 'deadline: soon'),
      /^campaign\.yaml:6: deadline is "soon", must be a duration such as 3w or an instant/,
    ],
    [
      'a GPU class without memory',
      edited('gpuMemoryMiB: 15109, ', ''),
      /^campaign\.yaml:14: instanceClasses\[1\]\.gpuMemoryMiB is missing: Holdout needs it/,
    ],
    [
      'a CPU class with a GPU',
      edited('kind: cpu', 'kind: cpu, gpu: nvidia'),
      /^campaign\.yaml:15: instanceClasses\[2\]\.gpu is nvidia, but a class of kind cpu has no GPU/,
    ],
    [
      'a duplicate class',
      edited('name: c4.4xlarge', 'name: g4dn.xlarge'),
      /^campaign\.yaml:15: instanceClasses\[2\]\.name is "g4dn\.xlarge", the same as instanceClasses\[1\]/,
    ],
    [
      'a class whose job definition is another’s',
      edited('name: c4.4xlarge', 'name: g4dn-xlarge'),
      /^campaign\.yaml:15: instanceClasses\[2\]\.name is "g4dn-xlarge", which has the same job definition as "g4dn\.xlarge"/,
    ],
    [
      'an unknown class',
      edited('wallClockOn: p3.2xlarge', 'wallClockOn: p3.xlarge'),
      /^campaign\.yaml:9: limits\.wallClockOn is "p3\.xlarge", must name an instance class \(did you mean p3\.2xlarge\?\)/,
    ],
    [
      'more memory than any class has',
      edited('14GiB', '59GiB'),
      /^campaign\.yaml:9: limits\.memory is 60416 MiB, but no class offers more than 59488 MiB \(512 MiB are reserved/,
    ],
    [
      'a weight of an unknown team',
      edited('team-42: 2', 'team-43: 2'),
      /^campaign\.yaml:11: fairness\.weights names the team "team-43", which has no submission \(did you mean team-42\?\)/,
    ],
    [
      'a weight out of range',
      edited('team-42: 2', 'team-42: 0'),
      /^campaign\.yaml:11: fairness\.weights\.team-42 is 0, must be a number from 0\.001 to 1000/,
    ],
    [
      'a value for missing rows out of range',
      edited('missing: reject', 'missing: 1.5'),
      /^campaign\.yaml:3: predictions\.missing is 1\.5, must be from 0 to 1 for log-loss/,
    ],
    [
      'one column for both names',
      edited('value: label', 'value: filename'),
      /predictions\.value is "filename", must differ from predictions\.id/,
    ],
    [
      'no classes',
      {
        'campaign.yaml': `${campaignYaml.split('instanceClasses')[0]}instanceClasses: []\n`.replace(/, on: .*\}/, '}'),
      },
      /^campaign\.yaml:12: instanceClasses is a list of 0 elements, must be a list of at least one/,
    ],
    [
      'a section that is not a mapping',
      edited(/^leaderboard: .*$/m, 'leaderboard: best'),
      /^campaign\.yaml:10: leaderboard is "best", must be a mapping of keys to values/,
    ],
    [
      'a duplicate key',
      edited('metric: log-loss', 'metric: log-loss\nmetric: f1'),
      /^campaign\.yaml:3: Map keys must be unique/,
    ],
    ['a file that is not YAML', edited('metric: log-loss', 'metric: "log-loss'), /^campaign\.yaml:\d+: /],
    [
      'an S3 address without a key',
      edited('./private/inputs', 's3://bucket'),
      /^campaign\.yaml:4: inputs\.testSet is "s3:\/\/bucket", must be a path or s3:/,
    ],
    [
      'a file in place of a folder',
      edited('./private/inputs', './private/labels.csv'),
      /^campaign\.yaml:4: inputs\.testSet: private\/labels\.csv is not a folder/,
    ],
    [
      'an input in a sub-folder without a label',
      { 'private/inputs/more/x.mp4': 'x' },
      /^campaign\.yaml:4: inputs\.labels: private\/labels\.csv has no label for 1 input: "more\/x\.mp4"$/,
    ],
    [
      'an input whose name ends with a blank',
      { 'private/inputs/c.mp4 ': 'c' },
      /^campaign\.yaml:4: inputs\.testSet: private\/inputs: the input "c\.mp4 " has a name that begins or ends with whitespace$/,
    ],
    [
      'an input without a label',
      { 'private/inputs/c.mp4': 'c' },
      /^campaign\.yaml:4: inputs\.labels: private\/labels\.csv has no label for 1 input: "c\.mp4"$/,
    ],
    [
      'labels without an input',
      {
        'private/labels.csv': `filename,label\na.mp4,0\nb.mp4,1\n${[1, 2, 3, 4, 5, 6].map((n) => `x${n},1`).join('\n')}`,
      },
      /labels\.csv has 6 labels without an input: "x1" on line 4, .*"x5" on line 8, …$/,
    ],
    [
      'a label out of range',
      { 'private/labels.csv': 'filename,label\na.mp4,0\nb.mp4,2\n' },
      /inputs\.labels: private\/labels\.csv: line 3: the label 2 of "b\.mp4" must be 0 or 1/,
    ],
    [
      'a missing labels file',
      { 'private/labels.csv': null },
      /^campaign\.yaml:4: inputs\.labels: private\/labels\.csv does not exist/,
    ],
    ['a missing submissions file', { 'submissions.csv': null }, /^submissions\.csv does not exist/],
    [
      'no submissions',
      { 'submissions.csv': 'team,teamName,submission,image,submittedAt\n' },
      /^submissions\.csv:1: the file has no submissions/,
    ],
  ];
  for (const [what, changes, expected] of single) {
    it(`names ${what}`, async () => {
      const faults = await faultsOf(changes);
      assert.ok(
        faults.some((fault) => expected.test(fault)),
        `${expected} is not among\n${faults.join('\n')}`,
      );
      assert.ok(faults.length <= 3, faults.join('\n'));
    });
  }

  it('names the first line of every file that is not UTF-8', async () => {
    const latin1 = (name: string, from: string, to: string): Record<string, Buffer> => {
      const text = (files[name] ?? '').replace(from, to);
      assert.notEqual(text, files[name]);
      return { [name]: Buffer.from(text, 'latin1') };
    };
    assert.deepEqual(
      await faultsOf({
        ...latin1('submissions.csv', 'Seven', 'München'),
        ...latin1('private/labels.csv', 'b.mp4', 'bär.mp4'),
        ...edited(', weights: { team-42: 2 }', ''),
      }),
      [
        'campaign.yaml:4: inputs.labels: private/labels.csv: line 3 is not UTF-8: save the file as UTF-8',
        'submissions.csv:4: is not UTF-8: save the file as UTF-8',
      ],
    );
    assert.deepEqual(await faultsOf(latin1('campaign.yaml', 'deadline: 3w', 'deadline: 3w # für alle')), [
      'campaign.yaml:6: is not UTF-8: save the file as UTF-8',
    ]);
    const utf16 = Buffer.from(`\uFEFF${files['submissions.csv']}`, 'utf16le');
    assert.deepEqual(await faultsOf({ 'submissions.csv': utf16 }), [
      'submissions.csv:1: is not UTF-8: save the file as UTF-8',
    ]);
  });

  it('accepts inputs in sub-folders, hidden files, and labels in another Unicode form', async () => {
    const faults = await faultsOf({
      'private/inputs/.DS_Store': 'x',
      'private/inputs/faces/e\u0301.mp4': 'e',
      'private/labels.csv': 'filename,label\ra.mp4 ,0\rb.mp4,1\rfaces/\u00E9.mp4,1\r',
    });
    assert.deepEqual(faults, []);
  });

  it('reports an empty input folder', async () => {
    const file = campaign(edited('./private/inputs', './nothing'));
    mkdirSync(join(dirname(file), 'nothing'));
    await assert.rejects(
      checkCampaign(file, now),
      /campaign\.yaml:4: inputs\.testSet: .*nothing is empty, must contain at least one input/,
    );
  });

  it('reports faults in the rows of a submissions file', async () => {
    const faults = await faultsOf({
      'campaign.yaml': campaignYaml.replace(', weights: { team-42: 2 }', ''),
      'submissions.csv': `team,teamName,submission,image,submittedAt,publicScore
a b,A,s/1,images/one.tar,31.3.2020,good
b,B,s-2,,2020-02-30,
B,B,s-3,s3://x,2020-01-01,
b,Bee,s-4,images,2020-01-01,
b,B,s-5,docker://nowhere,2020-01-01,
c,,s-6,images/one.tar
`,
    });
    assert.deepEqual(faults, [
      'submissions.csv:7: has 4 columns, but the header has 6',
      'submissions.csv:2: team is "a b", must be up to 64 letters, digits, dots, dashes and underscores, starting with a letter or digit',
      'submissions.csv:2: submission is "s/1", must be up to 64 letters, digits, dots, dashes and underscores, starting with a letter or digit',
      'submissions.csv:2: submittedAt is "31.3.2020", must be a date such as 2020-03-31 or 2020-03-31T18:00:00Z',
      'submissions.csv:2: publicScore is "good", must be a number or empty',
      'submissions.csv:3: submittedAt is "2020-02-30", must be a date such as 2020-03-31 or 2020-03-31T18:00:00Z',
      'submissions.csv:3: image is "", must be the path of an archive, s3://<bucket>/<key> or docker://…',
      'submissions.csv:4: image is "s3://x", must be the path of an archive, s3://<bucket>/<key> or docker://…',
      'submissions.csv:5: image images is a folder, must be a file',
      'submissions.csv:6: image is "docker://nowhere", must be docker://<registry>/<repository> with a tag or digest',
      'submissions.csv:4: team is "B", but on line 3 it is "b"',
      'submissions.csv:5: teamName is "Bee", but on line 3 team b is named "B"',
    ]);
  });

  it('reports missing, unknown and duplicate columns', async () => {
    const faults = await faultsOf({
      ...edited(', weights: { team-42: 2 }', ''),
      'submissions.csv': 'team,teamName,team,submision,image\nteam-42,A,b,s-1,images/one.tar\n',
    });
    assert.deepEqual(faults, [
      'submissions.csv:1: the header has no column submission',
      'submissions.csv:1: the header has no column submittedAt',
      'submissions.csv:1: the header has the column team twice',
      'submissions.csv:1: the header has an unknown column "submision" (did you mean submission?)',
    ]);
  });

  it('reports other separators than commas, once', async () => {
    for (const [separator, words] of [
      [';', 'semicolons'],
      ['\t', 'tabs'],
      ['|', 'vertical bars'],
    ] as const) {
      const csv = ['team,teamName,submission,image,submittedAt', 'b,B,s-1,images/one.tar,2020-03-31'].join('\n');
      const faults = await faultsOf({
        ...edited(', weights: { team-42: 2 }', ''),
        'submissions.csv': csv.replaceAll(',', separator),
      });
      assert.deepEqual(faults, [`submissions.csv:1: fields are separated by ${words}, must be separated by commas`]);
    }
  });

  it('reports an empty campaign file', async () => {
    for (const content of ['', '# only a comment\n', '---\n']) {
      const [first] = await faultsOf({ 'campaign.yaml': content });
      assert.match(first ?? '', /^campaign\.yaml:\d+: the file is empty, must be a mapping of keys to values$/);
    }
  });

  it('names a file that it cannot read', async () => {
    const missing = join(root, 'nothing.yaml');
    await assert.rejects(checkCampaign(missing, now), (error) => {
      assert.ok(error instanceof HoldoutError && error.code === 'CAMPAIGN_FILE_UNREADABLE');
      assert.match(error.message, /nothing\.yaml cannot be read: there is no such file$/);
      return true;
    });
    await assert.rejects(checkCampaign(join(root, '/'), now), /cannot be read: it is a folder$/);
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
    const file = campaign();
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
    const checked = await checkCampaign(campaign({ 'campaign.yaml': yaml, 'submissions.csv': rows }), now);
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
    const usual = await checkCampaign(campaign(), now);
    assert.deepEqual([containerSettings(usual, {}), 'layout' in usual, 'args' in usual], [{}, false, false]);
  });

  it('reports faults of arguments and layouts by file and line', async () => {
    const settings = 'deadline: 3w\nlayout: kagle\nargs: ["{inputs}"]\ncommand: []\nrootFilesystem: rw\n';
    const yaml = campaignYaml.replace('deadline: 3w\n', settings);
    const rows = `team,teamName,submission,image,submittedAt,args,command
team-42,A,s-1,images/one.tar,2020-03-31,'open,
team-42,A,s-2,images/one.tar,2020-03-31,{data},[]
`;
    const faults = await faultsOf({ 'campaign.yaml': yaml, 'submissions.csv': rows });
    const expected = [
      /^campaign.yaml:7: layout is "kagle", must be .*kaggle/,
      /^campaign.yaml:8: args is .*, but has the unknown placeholder \{inputs\}; known are/,
      /^campaign.yaml:9: command is .*, must name a program/,
      /^campaign.yaml:10: rootFilesystem is "rw", must be read-only or writable/,
      /^submissions.csv:2: args is "'open", but has an unclosed '/,
      /^submissions.csv:3: args is "\{data\}", but has the unknown placeholder \{data\}/,
      /^submissions.csv:3: command is "\[\]", but must name a program/,
    ];
    assert.equal(faults.length, expected.length, faults.join('\n'));
    for (const [n, fault] of expected.entries()) assert.match(faults[n] ?? '', fault);
  });
});
