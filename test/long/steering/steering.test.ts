import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildExample } from '../../../examples/spliced-clips/build.ts';
import type { CampaignProgress } from '../../../src/campaign/operators/progress.ts';
import type { CampaignResults } from '../../../src/ledger/results.ts';
import { ToolCache } from '../../../src/local/tools/cache.ts';
import { CampaignHome } from '../../support/campaign-command.ts';
import { buildImage } from '../../support/images/oci-image.ts';
import { partOfExample } from '../../support/campaigns/part-of-example.ts';

const half =
  'cd /input; echo filename,label > $HOLDOUT_OUTPUT/predictions.csv; for f in *; do echo $f,0.5; done >> $HOLDOUT_OUTPUT/predictions.csv';

describe('a campaign controlled from the command line', function () {
  this.timeout(180_000);
  const home = new CampaignHome();
  const rows: string[] = [];
  let example = '';
  after(() => home.remove());

  const addSubmission = (submission: string, team: string, script: string): void => {
    const layout = join(home.folder, 'images-of-test', submission);
    mkdirSync(layout, { recursive: true });
    buildImage(layout, 'image', { script });
    execFileSync('tar', ['cf', `${layout}.tar`, '-C', layout, '.']);
    rows.push(`${team},Team ${team},${submission},${layout}.tar,2020-01-01T00:00:00Z,`);
  };
  const holdout = async (status: number, ...args: string[]): Promise<string> => {
    const ended = await home.run(...args);
    assert.equal(ended.status, status, `${args.join(' ')}: ${ended.stderr}`);
    return status === 0 ? ended.stdout : ended.stderr;
  };
  const progress = async (): Promise<CampaignProgress> =>
    JSON.parse(await holdout(0, 'status', 'part', '--json')) as CampaignProgress;

  before(async () => {
    addSubmission('endless', 'slow', 'sleep 1000');
    addSubmission('quick', 'fast', half);
    addSubmission('later', 'paused', half);
    example = await buildExample(join(new ToolCache().folder, 'examples', 'spliced-clips'), () => undefined);
    const file = partOfExample(example, home.folder, [], rows);
    execFileSync('sed', ['-i', 's/wallClock: 15s/wallClock: 10m/; s/usd: 10/usd: 50/', file]);
    await holdout(0, 'start', file, '--detach');
    await holdout(0, 'pause', 'part', '--team', 'paused', '--why', 'a question to the team');
  });

  it('refuses commands on unknown names, and changes nothing', async () => {
    assert.match(await holdout(2, 'pause', 'part', '--team', 'nobody'), /there is no team nobody/);
    assert.match(await holdout(2, 'raise-budget', 'part', '--usd', '1'), /not more than the current budget/);
    assert.match(await holdout(2, 'set-slots', 'part', '--class', 'g9', '--slots', '1'), /no instance class g9/);
    assert.match(await holdout(2, 'set-deadline', 'part', '--at', 'tomorrow'), /not an instant/);
    assert.match(await holdout(2, 'status', 'no-such-campaign'), /There is no campaign named no-such-campaign/);
    assert.match(await holdout(2, 'no-such-command'), /unknown command/);
  });

  it('refuses to start the same campaign from a different file, and names the difference', async () => {
    const changed = partOfExample(example, home.folder, ['coin-toss'], rows);
    assert.match(await holdout(2, 'start', changed), /budget\.usd: was 50, now 10/);
  });

  it('accepts valid commands, and records who sent them and why', async () => {
    await holdout(0, 'raise-budget', 'part', '--usd', '60');
    await holdout(0, 'reprioritise', 'part', '--team', 'fast', '--priority', '1');
    const { money, prioritised, operatorsLog } = await progress();
    assert.equal(money.budget, 60_000_000);
    assert.deepEqual(prioritised, [{ team: 'fast', priority: 1, weight: 1 }]);
    assert.ok(
      operatorsLog.some(({ act, reason }) => act.startsWith('pauseTeam') && reason === 'a question to the team'),
    );
    assert.ok(operatorsLog.some(({ refused }) => refused === 'there is no team nobody'));
  });

  it('cancels a running submission with its container, resumes a team, and finishes', async () => {
    // It watches before any submission can end, so it reports every result.
    const watching = home.start(['watch', 'part']);
    await watching.until('it watches', () => /^ +endless /m.test(watching.stderrSoFar));
    await holdout(0, 'resume', 'part', '--team', 'paused');
    await holdout(0, 'cancel', 'part', '--submission', 'endless', '--yes');
    const { status, stderr } = await watching.end();
    assert.equal(status, 3, stderr);
    assert.match(stderr, /later +finished/);
    const results = JSON.parse(await holdout(0, 'results', 'part', '--json')) as CampaignResults;
    assert.deepEqual(
      results.submissions.map(({ submission, state, reason, fault }) => [submission, state, reason, fault]),
      [
        ['endless', 'cancelled', 'cancelled', 'operator'],
        ['quick', 'finished', null, null],
        ['later', 'finished', null, null],
      ],
    );
    const [first] = results.submissions;
    assert.deepEqual(Object.keys(first?.runs[0] ?? {}).sort(), [
      'billedSeconds',
      'class',
      'costMicroUsd',
      'facts',
      'jobId',
      'n',
      'purpose',
      'reason',
    ]);
    assert.equal((await holdout(0, 'leaderboard', 'part', '--csv')).trim().split('\n').length, 3);
  });

  it('is unreachable after local down, and the error says how to start the stack', async () => {
    await holdout(0, 'local', 'down');
    assert.deepEqual(home.leftovers(), []);
    assert.match(await holdout(2, 'status', 'part'), /No embedded stack is up/);
  });
});
