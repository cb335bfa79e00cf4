import assert from 'node:assert/strict';
import { CampaignFolders, campaignYaml, edited, testFaults } from '../campaign-folders.ts';

describe('faults of a campaign file', () => {
  const folders = new CampaignFolders();
  after(() => folders.remove());

  testFaults(folders, [
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
      'a CPU class with several GPUs',
      edited('kind: cpu', 'kind: cpu, gpus: 2'),
      /^campaign\.yaml:15: instanceClasses\[2\]\.gpus is 2, but a class of kind cpu has no GPU/,
    ],
    [
      'an isolation that Holdout does not know',
      edited('kind: cpu', 'kind: cpu, isolation: kata'),
      /^campaign\.yaml:15: instanceClasses\[2\]\.isolation is "kata", must be gvisor/,
    ],
    [
      'losses of a class that is not Spot',
      edited('slots: 20, purchase: on-demand }', 'slots: 20, purchase: on-demand, onDemandAfter: 3 }'),
      /instanceClasses\[\d\]\.onDemandAfter is 3, but only a class with purchase: spot loses its machines/,
    ],
    [
      'several emulated GPUs',
      edited('slots: 85', 'slots: 85, gpu: emulated, gpus: 2'),
      /^campaign\.yaml:14: instanceClasses\[1\]\.gpus is 2, but a class has one emulated GPU/,
    ],
    [
      'a number of GPUs',
      edited('slots: 85', 'slots: 85, gpus: 0'),
      /^campaign\.yaml:14: instanceClasses\[1\]\.gpus is 0, must be a whole number from 1 to 16/,
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
  ]);

  it('reports an empty campaign file', async () => {
    for (const content of ['', '# only a comment\n', '---\n']) {
      const [first] = await folders.faultsOf({ 'campaign.yaml': content });
      assert.match(first ?? '', /^campaign\.yaml:\d+: the file is empty, must be a mapping of keys to values$/);
    }
  });
});
