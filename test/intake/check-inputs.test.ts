import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkCampaign } from '../../src/intake/check-campaign.ts';
import { CampaignFolders, edited, files, now, testFaults } from './campaign-folders.ts';

describe('faults of inputs and labels', () => {
  const folders = new CampaignFolders();
  after(() => folders.remove());

  testFaults(folders, [
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
      'labels that cannot be read',
      edited('./private/labels.csv', '/proc/self/mem'),
      /^campaign\.yaml:4: inputs\.labels: \/proc\/self\/mem cannot be read: EIO/,
    ],
    [
      'a missing labels file',
      { 'private/labels.csv': null },
      /^campaign\.yaml:4: inputs\.labels: private\/labels\.csv does not exist/,
    ],
  ]);

  it('names the first line of every file that is not UTF-8', async () => {
    const latin1 = (name: string, from: string, to: string): Record<string, Buffer> => {
      const text = (files[name] ?? '').replace(from, to);
      assert.notEqual(text, files[name]);
      return { [name]: Buffer.from(text, 'latin1') };
    };
    assert.deepEqual(
      await folders.faultsOf({
        ...latin1('submissions.csv', 'Seven', 'München'),
        ...latin1('private/labels.csv', 'b.mp4', 'bär.mp4'),
        ...edited(', weights: { team-42: 2 }', ''),
      }),
      [
        'campaign.yaml:4: inputs.labels: private/labels.csv: line 3 is not UTF-8: save the file as UTF-8',
        'submissions.csv:4: is not UTF-8: save the file as UTF-8',
      ],
    );
    assert.deepEqual(await folders.faultsOf(latin1('campaign.yaml', 'deadline: 3w', 'deadline: 3w # für alle')), [
      'campaign.yaml:6: is not UTF-8: save the file as UTF-8',
    ]);
    const utf16 = Buffer.from(`\uFEFF${files['submissions.csv']}`, 'utf16le');
    assert.deepEqual(await folders.faultsOf({ 'submissions.csv': utf16 }), [
      'submissions.csv:1: is not UTF-8: save the file as UTF-8',
    ]);
  });

  it('accepts inputs in sub-folders, hidden files, and labels in another Unicode form', async () => {
    const faults = await folders.faultsOf({
      'private/inputs/.DS_Store': 'x',
      'private/inputs/faces/e\u0301.mp4': 'e',
      'private/labels.csv': 'filename,label\ra.mp4 ,0\rb.mp4,1\rfaces/\u00E9.mp4,1\r',
    });
    assert.deepEqual(faults, []);
  });

  it('reports an empty input folder', async () => {
    const file = folders.write(edited('./private/inputs', './nothing'));
    mkdirSync(join(dirname(file), 'nothing'));
    await assert.rejects(
      checkCampaign(file, now),
      /campaign\.yaml:4: inputs\.testSet: .*nothing is empty, must contain at least one input/,
    );
  });
});
