import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { exitStatus } from '../../../src/client/exit-status.ts';
import { checkOptions, type PlanOptions } from '../../../src/client/plan/plan-options.ts';
import { HoldoutError } from '../../../src/errors.ts';

describe('the options of plan', () => {
  const refused: [string, PlanOptions, RegExp][] = [
    [
      'a file in place of the share of Spot',
      { spot: 'c.yaml' },
      /--spot is "c\.yaml", .* --spot=50%, or .* file first/,
    ],
    ['more than the whole price', { spot: '101%' }, /--spot is "101%", must be a share .* up to 100%/],
    [
      'a margin that is not a share',
      { margin: '1.5' },
      /--margin is "1\.5", must be a share such as 50%, up to 1000%$/,
    ],
    ['an empty pilot', { pilot: '0' }, /--pilot is "0", must be a number of submissions from 1 to 9999$/],
    ['too large a pilot', { pilot: '10000' }, /--pilot is "10000", must be .* from 1 to 9999$/],
    [
      'a picture over another file',
      { svg: 'campaign.yaml' },
      /--svg is "campaign\.yaml", must be the path of an \.svg file$/,
    ],
  ];
  for (const [what, options, expected] of refused) {
    it(`refuse ${what} before anything is read or built`, () => {
      assert.throws(
        () => checkOptions(options),
        (error) => error instanceof HoldoutError && error.code === 'USAGE' && expected.test(error.message),
      );
    });
  }

  it('are accepted otherwise', () => {
    checkOptions({});
    checkOptions({ spot: true, margin: '150%', pilot: '9999', svg: 'plans/a.SVG' });
    checkOptions({ spot: '30%' });
  });

  const plan = (...words: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'src/client.ts', 'plan', ...words], { encoding: 'utf8' });

  it('do not take the file for their value, or say how to write it', () => {
    const spot = plan('--spot', 'none.yaml');
    assert.equal(spot.status, exitStatus.badInput);
    assert.match(spot.stderr, /^holdout: --spot is "none\.yaml"/m);
    const only = plan('--only', 'a', '--only', 'b', 'none.yaml');
    assert.equal(only.status, exitStatus.badInput);
    assert.match(only.stderr, /The campaign file none\.yaml cannot be read/);
  });
});
