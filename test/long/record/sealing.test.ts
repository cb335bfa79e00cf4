import { Command } from 'commander';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandTable } from '../../../src/client/commands/command-table.ts';
import { runningStack } from '../../../src/local/stack/open-stack.ts';
import { exportNamespace } from '../../support/servers/temporal-exports.ts';
import { CampaignHome, resultsOf, type Ended } from '../../support/campaign-command.ts';
import { processors, writeCampaign } from '../first-contact/campaign.ts';
import { failed, finished, one, sound, withScript } from '../first-contact/case.ts';

/** What submissions print and write. It is in no image and no command line: a shell computes it. */
const canary = 'canary-664344079';
const computed = 'canary-$((7 * 94906297))';
const says = `echo "said ${computed}"; echo "RuntimeError: ${computed}" >&2`;

const campaign = 'blind';
const reason = 'the team asks why it failed';
const submissions = ['tells', 'dies', 'predicts'];

/** What a verb gets besides its arguments. */
const besides: Record<string, string[]> = {
  local: ['status'],
  ...Object.fromEntries(['retry', 'rescore', 'cancel'].map((verb) => [verb, ['--submission', ...submissions]])),
};
/** Verbs that refuse an ended campaign or ask before they act, and those that judge the machine or the plan. */
const mayEndOtherwise = new Set(
  'pause resume reprioritise set-slots raise-budget set-deadline retry rescore cancel close abort doctor plan'.split(
    ' ',
  ),
);

describe('outputs and logs of a campaign', function () {
  this.timeout(240_000);
  const home = new CampaignHome();
  let file: string;
  const runs = join(home.folder, 's3', 'holdout-runs', campaign);
  const identity = join(home.folder, 'seal-keys', `${campaign}.txt`);
  after(() => home.remove());

  before(async () => {
    const stack = home.start(['local', 'up']);
    await stack.until('the stack is up', () => existsSync(join(home.folder, 'stack.json')));
    const writes = `echo "filename,label"; for f in /input/*; do echo "\${f##*/},${computed}"; done`;
    const cases = {
      tells: {
        write: one(withScript(`${says}; (${writes}) > /output/predictions.csv`)),
        expected: failed('output-invalid'),
      },
      dies: { write: one(withScript(`${says}; exit 7`)), expected: failed('submission-error') },
      predicts: { write: one(withScript(`${says}; ${sound}`)), expected: finished },
    };
    file = await writeCampaign(home.folder, campaign, cases, processors);
    const ended = await home.run('start', file, '--json');
    assert.equal(ended.status, 0, ended.stderr);
    assert.ok(!`${ended.stdout}${ended.stderr}`.includes(canary), 'start says nothing of a submission');
    assert.deepEqual(
      resultsOf(ended).submissions.map(({ submission, reason }) => [submission, reason]),
      [
        ['tells', 'output-invalid'],
        ['dies', 'submission-error'],
        ['predicts', null],
      ],
    );
  });

  const holdout = async (status: number, ...args: string[]): Promise<string> => {
    const ended: Ended = await home.run(...args);
    assert.equal(ended.status, status, ended.stderr);
    return `${ended.stdout}${ended.stderr}`;
  };
  const acts = (): number => {
    const folder = join(home.folder, 's3', 'holdout-results', campaign, 'unsealings');
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')).length : 0;
  };

  const filesWith = (text: string): string =>
    spawnSync('grep', ['--recursive', '--files-with-matches', '--text', text, home.folder], { encoding: 'utf8' })
      .stdout;

  it('are in no file of the home that can be read: buckets, Temporal’s database, logs', () => {
    assert.ok(existsSync(join(runs, 'dies', '1', 'stdout.log')), 'the log is there');
    assert.match(filesWith('submission-error'), /outcome|ledger/, 'the search works');
    assert.equal(filesWith(canary), '');
  });

  it('are in nothing that Temporal’s command line exports: lists, descriptions and histories', async () => {
    const stack = runningStack(home.folder);
    assert.ok(stack, 'the stack is up');
    const { runs: count, printed, decoded } = await exportNamespace(stack);
    // The campaign, its submissions and its canary, at least.
    assert.ok(count >= 5, `${count} runs`);
    const text = `${printed}${decoded.toString('latin1')}`;
    assert.ok(text.includes('submission:blind:dies') && text.includes('binary/encrypted'), 'the search works');
    for (const word of [canary, 'RuntimeError']) assert.ok(!text.includes(word), word);
  });

  /** The arguments of a verb, as its entry in the command table names them; once for each submission. */
  const argumentsOf: Record<string, () => string[]> = {
    '<campaign>': () => [campaign],
    '<submission>': () => submissions,
    '[file]': () => [file],
    '[type...]': () => ['g4dn.xlarge'],
  };
  const callsOf = (verb: string): string[][] =>
    (commandTable[verb]?.takes ?? []).reduce<string[][]>(
      (calls, [argument]) => {
        const values = verb === 'doctor' ? undefined : argumentsOf[argument]?.();
        assert.ok(values ?? argument.startsWith('['), `${verb} takes ${argument}: say here what to give it`);
        return values === undefined ? calls : calls.flatMap((call) => values.map((value) => [...call, value]));
      },
      [[verb]],
    );

  const takesJson = async (verb: string): Promise<boolean> => {
    const command = new Command(verb);
    const silent = { say: () => undefined, result: () => undefined };
    (await commandTable[verb]?.load())?.register(command, {
      withAccess: () => () => Promise.resolve(),
      output: silent,
      end: () => undefined,
    });
    return command.options.some(({ long }) => long === '--json');
  };

  // `unseal` has its own tests below. Any other verb, also a new one, is tried.
  for (const verb of Object.keys(commandTable).filter((name) => name !== 'unseal')) {
    it(`are in nothing that ${verb} prints`, async () => {
      const json = (await takesJson(verb)) ? [[], ['--json']] : [[]];
      for (const call of callsOf(verb)) {
        for (const more of json) {
          const { status, stdout, stderr } = await home.run(...call, ...(besides[verb] ?? []), ...more);
          const printed = `${stdout}${stderr}`;
          if (!mayEndOtherwise.has(verb)) assert.equal(status, 0, stderr);
          assert.notEqual(printed.trim(), '', `${verb} prints something`);
          assert.ok(!printed.includes(canary), printed);
        }
      }
    });
  }

  it('are still in no file of the home, although the verbs wrote some', () => {
    assert.ok(existsSync(join(home.folder, 'results', campaign, 'report.txt')), 'report has written');
    assert.equal(filesWith(canary), '');
  });

  it('still say why a submission failed', async () => {
    assert.match((await holdout(0, 'show', campaign, 'dies')).replaceAll(/\s+/g, ' '), /submission-error.*exit 7/);
    assert.match(
      (await holdout(0, 'show', campaign, 'tells')).replaceAll(/\s+/g, ' '),
      /line 2: the value is not a finite number/,
    );
  });

  it('are not opened without a reason', async () => {
    assert.match(await holdout(2, 'unseal', campaign, 'dies'), /unseal needs a reason/);
    assert.match(await holdout(2, 'unseal', campaign, 'dies', '--reason', ' '), /unseal needs a reason/);
    assert.match(
      await holdout(2, 'unseal', campaign, 'dies', '--output', '--reason', reason),
      /There is no output of dies/,
    );
    assert.match(await holdout(2, 'unseal', campaign, 'dies', '--run', '9', '--reason', reason), /no log of run 9/);
    assert.match(await holdout(2, 'unseal', campaign, 'other', '--reason', reason), /has no submission other/);
    assert.equal(acts(), 0);
  });

  it('are opened with a reason, which is recorded and listed', async () => {
    const log = await holdout(0, 'unseal', campaign, 'dies', '--reason', reason);
    assert.ok(log.includes(`said ${canary}\n`) && log.includes(`RuntimeError: ${canary}\n`), log);
    const to = join(home.folder, 'opened.csv');
    await holdout(0, 'unseal', campaign, 'tells', '--output', '--run', '1', '--reason', reason, '--to', to);
    assert.match(readFileSync(to, 'utf8'), new RegExp(`^filename,label\na\\.mp4,${canary}\n`));
    assert.equal(statSync(to).mode & 0o777, 0o600);
    assert.match(
      await holdout(2, 'unseal', campaign, 'tells', '--output', '--reason', reason, '--to', to),
      /exists already/,
    );
    assert.equal(acts(), 2);
    const listed = /log of run 1, by \S+, \d{4}-\S+ \S+ UTC: "the team asks why it failed"/;
    for (const command of ['results', 'verify']) {
      const printed = await holdout(0, command, campaign);
      assert.match(printed, new RegExp(`unsealed: dies, ${listed.source}`));
      assert.match(printed, /unsealed: tells, output of run 1/);
    }
    const shown = (await holdout(0, 'show', campaign, 'dies')).replaceAll(/\s+/g, ' ');
    assert.match(shown, new RegExp(`unsealed ${listed.source}`));
    assert.doesNotMatch(shown, /output of run/);
  });

  it('cannot be opened without the identity, or with another; verify says so and changes nothing', async () => {
    renameSync(identity, `${identity}.kept`);
    for (const [command, ...args] of [['verify'], ['unseal', 'dies', '--reason', reason]] as const)
      assert.match(
        await holdout(1, command, campaign, ...args),
        /cannot open them: no file in .*seal-keys has its identity/,
      );
    writeFileSync(identity, readFileSync(`${identity}.kept`), { mode: 0o644 });
    assert.match(await holdout(1, 'unseal', campaign, 'dies', '--reason', reason), /its mode is 644/);
    renameSync(`${identity}.kept`, identity);
    assert.equal(acts(), 2);
    await holdout(0, 'verify', campaign);
  });

  it('that were changed are named by verify, and not opened', async () => {
    for (const [submission, name, part] of [
      ['dies', 'stdout.log', '--log'],
      ['predicts', 'predictions.csv', '--output'],
    ] as const) {
      const file = join(runs, submission, '1', name);
      const body = readFileSync(file);
      const changed = Buffer.from(body);
      changed[body.length - 1] = (body.at(-1) ?? 0) ^ 1;
      writeFileSync(file, changed);
      const named = new RegExp(`holdout-runs/${campaign}/${submission}/1/${name.replace('.', '\\.')}`);
      assert.match(await holdout(1, 'verify', campaign), named);
      assert.match(await holdout(1, 'unseal', campaign, submission, part, '--reason', reason), named);
      writeFileSync(file, body);
    }
    assert.equal(acts(), 2);
    await holdout(0, 'verify', campaign);
  });
});
