import assert from 'node:assert/strict';
import { checkCampaign } from '../../../src/intake/check-campaign.ts';
import { CampaignFolders, campaignYaml, now } from '../campaign-folders.ts';
import { evaluationOptions, probeOptions } from '../../../src/campaign/evaluation/class-choice.ts';
import { now as start, campaignOf, grantsNow, open, request } from '../../campaign/state/state-samples.ts';
import { probed } from '../../campaign/samples.ts';

describe('a class with several instance types', () => {
  const folders = new CampaignFolders();
  after(() => folders.remove());
  const head = (campaignYaml.split('instanceClasses:')[0] ?? '').replaceAll('p3.2xlarge', 'l4');
  const yamlOf = (capacity: string): string =>
    `${head}instanceClasses:\n  - name: l4\n    slots: 20\n    capacity:\n${capacity}  - { type: g6e.xlarge, queue: holdout-g6e, slots: 5, vcpus: 4 }\n`;
  const listed =
    '      - { type: g6.xlarge, queue: holdout-g6, wait: 20m }\n      - { type: g5.xlarge, queue: holdout-g5, wait: 2h, slots: 7 }\n';
  const check = (capacity: string) => checkCampaign(folders.write({ 'campaign.yaml': yamlOf(capacity) }), now);

  it('is one class for each of them, with its own queue, wait, price and definition', async () => {
    const { instanceClasses } = await check(listed);
    assert.deepEqual(
      instanceClasses.map((row) => [row.name, row.queue, row.slots, row.runnableLimitSeconds, row.microUsdPerHour]),
      [
        ['l4', 'holdout-g6', 20, 1_200, 804_800],
        ['l4_g5.xlarge', 'holdout-g5', 7, 7_200, 1_006_000],
        ['g6e.xlarge', 'holdout-g6e', 5, 21_600, 1_861_000],
      ],
    );
  });

  it('is probed on any of them', async () => {
    const { instanceClasses, limits } = await check(listed);
    const options = probeOptions({ classes: instanceClasses, limits });
    assert.deepEqual(
      options.map((option) => option.class),
      ['l4', 'l4_g5.xlarge'],
    );
  });

  it('is left for its next type when the first has had no machine within its wait', async () => {
    const { instanceClasses, limits } = await check(listed);
    const budget = { microUsd: 1e12, rerunReserveShare: 0 };
    const state = campaignOf([4], { instanceClasses, limits, budget });
    open(state, { s: 0 });
    const options = evaluationOptions({ classes: instanceClasses, limits }, probed(), 100);
    state.request(request('s', 1, 'evaluation', options));
    assert.deepEqual(grantsNow(state), [['s', 'l4']]);
    state.settle({
      submission: 's',
      n: 1,
      purpose: 'evaluation',
      rerun: false,
      class: 'l4',
      billedSeconds: 0,
      costMicroUsd: 0,
      reason: 'unplaceable',
      classShort: true,
    });
    state.markShort('l4', start);
    state.request(request('s', 2, 'evaluation', options));
    assert.deepEqual(grantsNow(state), [['s', 'l4_g5.xlarge']]);
  });

  const bad: [what: string, capacity: string, expected: RegExp][] = [
    [
      'an unknown key',
      listed.replace('wait: 2h', 'wiat: 2h'),
      /campaign\.yaml:17: instanceClasses\[0\]\.capacity\[1\]\.wiat is not a key of capacity/,
    ],
    [
      'a wait',
      listed.replace('20m', 'soon'),
      /campaign\.yaml:16: instanceClasses\[0\]\.capacity\[0\]\.wait is "soon", must be a duration/,
    ],
    [
      'types in another order than their costs',
      listed.replace('g6.xlarge', 'g5.2xlarge'),
      /campaign\.yaml:17: instanceClasses\[0\]\.capacity\[1\]\.type costs less .* than the entry before/,
    ],
    ['an empty list', '      []\n', /campaign\.yaml:15: instanceClasses\[0\]\.capacity must be a list of at least one/],
    [
      'a fault of a class after it',
      listed.replace('g5.xlarge', 'g5.12xlarge').replace('slots: 7', 'slots: 0'),
      /campaign\.yaml:17: instanceClasses\[0\]\.capacity\[1\]\.slots is 0/,
    ],
  ];
  for (const [what, capacity, expected] of bad) {
    it(`names ${what}`, async () => {
      const faults = await check(capacity).then(
        () => 'no fault',
        (error: unknown) => String(error),
      );
      assert.match(faults, expected);
    });
  }
});
