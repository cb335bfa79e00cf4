import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decodeOptionalSinglePayload } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type { SubmissionSummary } from '../../../src/ledger/results.ts';
import { CampaignRecord } from '../../support/campaigns/campaign-record.ts';
import { eventually } from '../../support/eventually.ts';
import { endless, SimulatedHome } from '../../support/campaigns/simulated-home.ts';

const canary = /zz.?canary/i;
const running = 'zz-canary-1.model-0';
const paused = 'zz-canary-3.model-0';
const crashed = 'zz-canary-2.model-0';

interface Pages {
  summary: string;
  details: string;
  attributes: string;
  steps: string[];
}

/** A run that takes a minute: it is stopped in the middle, and ends in the end. */
const aMinute = { startUpSeconds: 0, secondsPerItem: 1_500, spread: 0 };

describe('a campaign whose operators see pseudonyms', function () {
  this.timeout(240_000);
  const home = new SimulatedHome({
    teams: [2, 1, 1, 1],
    slots: { g4: 3, p3: 1 },
    budgetUsd: 500,
    unprobed: true,
    blind: true,
  });
  after(() => home.remove());

  /** Pseudonyms by submission. */
  const names = new Map<string, string>();
  const nameOf = (submission: string): string => names.get(submission) ?? assert.fail(`${submission} has no pseudonym`);
  const teamOf = (submission: string): string => nameOf(submission).replace(/\/\d+$/, '');
  /** What a command prints on both streams. */
  const printed = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await home.run(...args);
    return stdout + stderr;
  };
  const blind = async (what: string, output: Promise<string>): Promise<string> => {
    const text = await output;
    assert.doesNotMatch(text, canary, `${what} names a team`);
    return text;
  };
  const pageOf = async (workflowId: string): Promise<Pages> => {
    const { temporal } = home;
    const { loadedDataConverter: converter, namespace } = temporal.options;
    const handle = temporal.workflow.getHandle(workflowId);
    const described = await handle.describe();
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    const steps: string[] = [];
    for (const { userMetadata, activityTaskScheduledEventAttributes: step } of (await handle.fetchHistory()).events ??
      []) {
      const context = step
        ? ({ type: 'activity', namespace, workflowId, activityId: step.activityId ?? '', isLocal: false } as const)
        : ({ type: 'workflow', namespace, workflowId } as const);
      const summary = await decodeOptionalSinglePayload<string>(converter, userMetadata?.summary, context);
      if (typeof summary === 'string') steps.push(summary);
    }
    return {
      summary: (await described.staticSummary()) ?? '',
      details: currentDetails,
      attributes: JSON.stringify([described.searchAttributes, described.memo]),
      steps,
    };
  };

  let started = '';
  before(async () => {
    await home.open({ [running]: endless, [paused]: aMinute, [crashed]: { end: 'error' } });
    started = await home.begin();
    await home.until(
      'three ended, two run',
      ({ counts }) => counts.finished + counts.failed === 3 && counts.running === 2,
    );
    await home.command(0, 'pause', '--team', 'zz-canary-3', '--kill', '--why', 'a mail from ZZ Canary 3');
    await home.until('one waits', ({ counts }) => counts.running === 1 && counts.waiting === 1);
    const manifest = join(home.folder, 's3', 'holdout-results', home.campaign, 'manifest.json');
    const { teams } = JSON.parse(readFileSync(manifest, 'utf8')) as {
      teams: { submissions: { submission: string; pseudonym: { submission: string } }[] }[];
    };
    for (const { submissions } of teams)
      for (const { submission, pseudonym } of submissions) names.set(submission, pseudonym.submission);
    assert.equal(names.size, 5);
  });

  it('starts without naming a team', () => {
    assert.doesNotMatch(started, canary);
  });

  for (const command of [
    'status',
    'results',
    'leaderboard',
    'verify',
    'report',
    'status --json',
    'results --json',
    'leaderboard --csv',
    'verify --json',
    'check',
    'check --json',
  ]) {
    it(`names no team in ${command}`, async () => {
      const [verb = '', ...options] = command.split(' ');
      const text = await blind(command, printed(verb, home.campaign, ...options));
      if (verb === 'leaderboard' || verb === 'results') assert.ok(text.includes(teamOf('zz-canary-0.model-0')), text);
      if (verb === 'status') assert.ok(text.includes(teamOf(paused)), text);
    });
  }

  it('names no team in the files of a report', () => {
    const folder = join(home.folder, 'results', home.campaign);
    const files = readdirSync(folder);
    assert.ok(files.includes('report.txt') && files.includes('verification.json'), files.join());
    for (const file of files) assert.doesNotMatch(readFileSync(join(folder, file), 'utf8'), canary, file);
  });

  for (const submission of [running, paused, crashed, 'zz-canary-0.model-1']) {
    it(`shows ${submission} by its name and by its pseudonym, and names neither it nor its team`, async () => {
      for (const options of [[], ['--json']]) {
        const byName = await blind('show', printed('show', home.campaign, submission, ...options));
        assert.ok(byName.includes(nameOf(submission)) && byName.includes(teamOf(submission)), byName);
        assert.equal(await printed('show', home.campaign, nameOf(submission), ...options), byName);
      }
    });
  }

  it('says why a submission of a paused team waits', async () => {
    await eventually('it waits', async () => /its team is\s+paused/.test(await printed('show', home.campaign, paused)));
    const shown = await printed('show', home.campaign, paused);
    assert.ok(shown.replaceAll(/\s+/g, ' ').includes(`--team ${teamOf(paused)}`), shown);
  });

  it('names no team in questions and refusals', async () => {
    const finished = nameOf('zz-canary-0.model-0');
    for (const [said, ...args] of [
      [/cancel of 1 submission of 1 team \(team-/, 'cancel', '--submission', running],
      [/cancel of 1 submission of 1 team \(team-/, 'cancel', '--team', teamOf(running)],
      [/retry of 1 submission of 1 team \(team-/, 'retry', '--submission', finished],
      [/rescore of 2 submissions of 1 team \(team-/, 'rescore', '--team', 'zz-canary-0'],
      [/not ended yet: team-/, 'retry', '--submission', running],
      [/did you mean team-/, 'cancel', '--team', `${teamOf(running)}x`],
      [/did you mean team-/, 'show', `${finished}0`],
      [/there is no team nobody/, 'pause', '--team', 'nobody'],
    ] as const) {
      const [verb, ...options] = args;
      const text = await blind(args.join(' '), printed(verb, home.campaign, ...options));
      assert.match(text, said, args.join(' '));
    }
  });

  it('names no team when an output is opened, and afterwards', async () => {
    const opened = 'zz-canary-0.model-0';
    const why = ['--reason', 'a question of ZZ Canary 0'];
    const text = await blind('unseal', printed('unseal', home.campaign, opened, '--output', ...why));
    assert.ok(text.includes(`recorded: output of ${nameOf(opened)}, run 1`), text);
    for (const args of [['show', nameOf(opened)], ['results'], ['results', '--json']] as const) {
      const [verb, ...options] = args;
      const text = await blind(args.join(' '), printed(verb, home.campaign, ...options));
      assert.ok(text.replaceAll(/\s+/g, ' ').includes(`a question of ${teamOf(opened)}`), text);
    }
  });

  it('takes pseudonyms in commands, and records real names', async () => {
    const [team, real] = [teamOf(paused), 'zz-canary-3'];
    // Its running job is found in Temporal's list.
    const counted = await printed('pause', home.campaign, '--team', 'zz-canary-1');
    assert.ok(counted.includes(`done: pause ${teamOf(running)}; at most 1 running job may finish`), counted);
    await home.command(0, 'resume', '--team', teamOf(running));
    assert.match(
      await printed('reprioritise', home.campaign, '--team', team, '--priority', '2'),
      new RegExp(`done: reprioritise ${team}`),
    );
    assert.match(await printed('resume', home.campaign, '--team', real), new RegExp(`done: resume ${team}`));
    assert.match(await printed('pause', home.campaign, '--team', team, '--kill'), new RegExp(`done: pause ${team}`));
    const acts = new CampaignRecord(home.folder, home.campaign).commands().map(({ act }) => act);
    assert.deepEqual(acts.slice(-3), [
      `reprioritiseTeam team=${real} priority=2`,
      `resumeTeam team=${real}`,
      `pauseTeam team=${real} kill=true`,
    ]);
    // As from the Web UI.
    await home.temporal.workflow.getHandle(`campaign:${home.campaign}`).signal('resumeTeam', { team, by: 'a browser' });
    await home.until('it is resumed', ({ pausedTeams }) => pausedTeams.length === 0);
    await home.temporal.workflow.getHandle(`campaign:${home.campaign}`).signal('pauseTeam', { team });
    await home.until('it is paused', ({ pausedTeams }) => pausedTeams.includes(real));
    assert.match(
      await blind('status', printed('status', home.campaign)),
      new RegExp(`a browser resumeTeam team=${team}`),
    );
  });

  it('names no team while it is watched', async () => {
    const watching = home.start(['watch', home.campaign]);
    await watching.until('the running one is shown', () => watching.stderrSoFar.includes(nameOf(running)));
    watching.child.kill('SIGINT');
    const { stdout, stderr } = await watching.end();
    assert.doesNotMatch(stdout + stderr, canary);
  });

  it('names no team of new rows before they are added', async () => {
    const rows = join(dirname(home.file), 'submissions.csv');
    const before = readFileSync(rows, 'utf8');
    writeFileSync(rows, `${before}zz-canary-0,ZZ Canary 0,zz-canary-0.model-2,image.tar,2026-01-01T00:00:00Z\n`);
    const text = await blind('start', printed('start', home.file, '--detach'));
    writeFileSync(rows, before);
    assert.ok(text.includes(`1 submission of 1 team (${teamOf('zz-canary-0.model-0')}/3)`), text);
  });

  it('names no team in the pages of the Web UI', async () => {
    const campaign = await pageOf(`campaign:${home.campaign}`);
    assert.doesNotMatch(JSON.stringify(campaign), canary);
    assert.match(campaign.details, new RegExp(`pauseTeam team=${teamOf(paused)}`));
    for (const submission of [running, crashed, 'zz-canary-0.model-0']) {
      const page = await pageOf(`submission:${home.campaign}:${submission}`);
      assert.doesNotMatch(JSON.stringify(page), canary);
      assert.equal(page.summary, nameOf(submission));
      assert.ok(page.details.includes(`**${nameOf(submission)}** of **${teamOf(submission)}**`), page.details);
      assert.ok(page.attributes.includes(teamOf(submission)), page.attributes);
      assert.ok(page.steps.length > 3, page.steps.join());
    }
  });

  it('names no team in the logs of its workers', () => {
    const logs = readdirSync(join(home.folder, 'logs')).filter((name) => /^(worker|scorer)/.test(name));
    assert.ok(logs.length >= 2, logs.join());
    for (const log of logs) assert.doesNotMatch(readFileSync(join(home.folder, 'logs', log), 'utf8'), canary, log);
  });

  it('resolves names when the results are published', async () => {
    await home.command(0, 'cancel', '--submission', nameOf(running), '--yes');
    await home.command(0, 'resume', '--team', teamOf(paused));
    const watched = await home.run('watch', home.campaign);
    assert.equal(watched.status, 3, watched.stderr);
    assert.doesNotMatch(watched.stderr, canary);
    const board = await printed('leaderboard', home.campaign);
    for (const team of [0, 3]) assert.match(board, new RegExp(`ZZ Canary ${team}`));
    const ended = await home.run('start', home.file, '--json');
    const { submissions } = JSON.parse(ended.stdout) as { submissions: SubmissionSummary[] };
    assert.deepEqual(
      submissions.map(({ submission, state }) => [submission, state]),
      [
        ['zz-canary-0.model-0', 'finished'],
        ['zz-canary-0.model-1', 'finished'],
        [running, 'cancelled'],
        [crashed, 'failed'],
        [paused, 'finished'],
      ],
    );
    new CampaignRecord(home.folder, home.campaign).check(await home.results());
    const shown = await printed('show', home.campaign, nameOf(paused));
    assert.match(shown, new RegExp(`^${paused} of zz-canary-3 [^]*^ {2}pseudonym {2}${nameOf(paused)}$`, 'm'));
    const published = readFileSync(join(home.folder, 'results', home.campaign, 'leaderboard.csv'), 'utf8');
    assert.match(published, /zz-canary-0,ZZ Canary 0/);
    assert.match(await home.command(0, 'verify'), /the record is intact/);
  });
});
