import assert from 'node:assert/strict';
import { CampaignFolders, campaignYaml, edited, testFaults } from './campaign-folders.ts';

describe('faults of a submissions file', () => {
  const folders = new CampaignFolders();
  after(() => folders.remove());

  testFaults(folders, [
    ['a missing submissions file', { 'submissions.csv': null }, /^submissions\.csv does not exist/],
    [
      'a submissions file that cannot be read',
      edited('./submissions.csv', '/proc/self/mem'),
      /\/proc\/self\/mem cannot be read: EIO/,
    ],
    [
      'no submissions',
      { 'submissions.csv': 'team,teamName,submission,image,submittedAt\n' },
      /^submissions\.csv:1: the file has no submissions/,
    ],
  ]);

  it('reports faults in the rows of a submissions file', async () => {
    const faults = await folders.faultsOf({
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
    const faults = await folders.faultsOf({
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
      const faults = await folders.faultsOf({
        ...edited(', weights: { team-42: 2 }', ''),
        'submissions.csv': csv.replaceAll(',', separator),
      });
      assert.deepEqual(faults, [`submissions.csv:1: fields are separated by ${words}, must be separated by commas`]);
    }
  });

  it('reports faults of arguments and layouts by file and line', async () => {
    const settings = 'deadline: 3w\nlayout: kagle\nargs: ["{inputs}"]\ncommand: []\nrootFilesystem: rw\n';
    const yaml = campaignYaml.replace('deadline: 3w\n', settings);
    const rows = `team,teamName,submission,image,submittedAt,args,command
team-42,A,s-1,images/one.tar,2020-03-31,'open,
team-42,A,s-2,images/one.tar,2020-03-31,{data},[]
`;
    const faults = await folders.faultsOf({ 'campaign.yaml': yaml, 'submissions.csv': rows });
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
