import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkOf, newKeyFile, readKeyFile, writeKeyFile } from '../../../src/codec/key-file.ts';
import { itWithPython } from '../python.ts';
import { classes, roleArn } from './aws-account.ts';
import { cases } from './cases.ts';
import { fakeClockFault, SetUp } from './set-up.ts';

/** What was not done; a campaign that runs is no business of a command that only looks. */
const effect = /nothing was (registered, )?(uploaded or started|changed)|takes no tasks|its running jobs continue/;

/** What a user must never have to read. */
const unhelpful = /UnknownError|Failed to (start|query) Workflow|\n +at /;

/** The checks of `doctor --aws FILE` on a complete set-up. */
const checksOfAll: [check: string, state: string][] = [
  ...['settings', 'campaign file', 'region and key', 'account', 'clock'].map(ok),
  ...['inputs', 'labels', 'images', 'runs', 'results'].map((bucket) => ok(`bucket holdout-${bucket}`)),
  ok('image store'),
  ['scan of images', 'note'],
  ...classes.flatMap(({ name, queue }) => [ok(`queue ${queue}`), ok(`definition of ${name}`)]),
  ...['runner image', 'job role'].map(ok),
  // moto has no such quotas and no simulator, and what nobody decided is not ok.
  ...['quota L-DB2E81BA', 'quota L-1216C47A', 'quotas of Batch'].map(noted),
  ...['operator', 'worker', 'scorer', 'runner'].map((role) => noted(`rights of ${role}`)),
  ['codec keys', 'note'],
  ...['Temporal', 'history', 'search attributes'].map(ok),
  ...['main', 'images', 'submit', 'await', 'score'].map((queue) => ok(`worker of ${queue}`)),
];

function ok(check: string): [string, string] {
  return [check, 'ok'];
}

function noted(check: string): [string, string] {
  return [check, 'note'];
}

/** The lines of a doctor that are about this check, without the next step. */
const lineOf = (printed: string, check: string): string =>
  printed.split('\n').find((line) => line.slice(8).startsWith(`${check} `)) ?? `no line about ${check}:\n${printed}`;

/** The names of the checks of a doctor, with their states; names have a column of their own. */
function checksOf(printed: string): [string, string][] {
  const lines = printed.split('\n').filter((line) => /^(ok|note|MISSING) /.test(line));
  const width = 1 + Math.max(...checksOfAll.map(([check]) => check.length));
  return lines.map((line) => [line.slice(8, 8 + width).trim(), line.slice(0, 8).trim()]);
}

describe('a remote stack', function () {
  this.timeout(120_000);
  let opened: Promise<SetUp> | undefined;
  const open = (): Promise<SetUp> => (opened ??= SetUp.open());
  after(async () => (await opened)?.close());

  itWithPython('with everything passes each check, and a dry run lists the calls of a campaign', async () => {
    const setUp = await open();
    const file = setUp.campaign('complete');
    const dry = await setUp.run('client', ['start', file, '--dry-run']);
    assert.equal(dry.status, 0, dry.said);
    assert.match(
      dry.printed,
      /^worker +batch:SubmitJob +2 to \d+ +holdout-g4, holdout-g6, holdout-c5; host-holdout-runner-/m,
    );
    assert.match(dry.printed, /^start +s3:PutObject +5 +host-holdout-inputs\/final/m);
    assert.match(dry.said, /nothing was uploaded or started/);
    assert.deepEqual(await setUp.objects(), []);
    const doctor = await setUp.run('client', ['doctor', '--aws', file]);
    assert.equal(doctor.status, 0, doctor.printed + doctor.said);
    assert.doesNotMatch(doctor.printed, /^MISSING/m);
    assert.deepEqual(checksOf(doctor.printed), checksOfAll);
  });

  itWithPython('with a class that leaves memory of its machine unused starts, and says so', async () => {
    const setUp = await open();
    const file = setUp.campaign('unused', (yaml) => yaml.replace('memoryMiB: 15000', 'memoryMiB: 8000'));
    // A start that registers the definitions of these resources itself.
    const env = { HOLDOUT_RUNNER_IMAGE: setUp.aws.runnerImage, HOLDOUT_JOB_ROLE: roleArn, HOLDOUT_LOG_GROUP: 'g' };
    const { status, said } = await setUp.run('client', ['start', file, '--dry-run'], env);
    assert.equal(status, 0, said);
    assert.match(
      said,
      /^note: each job of class g4dn\.xlarge takes 8000 MiB of memory of the about 15308 .* Who acts: the operator\.$/m,
    );
  });

  describe('whose doctor looks at the codec keys', () => {
    const keyLine = async (changes: NodeJS.ProcessEnv): Promise<{ line: string; status: number | null }> => {
      const setUp = await open();
      const { printed, status } = await setUp.run('client', ['doctor', '--aws'], changes);
      const lines = printed.split('\n');
      const at = lines.findIndex((line) => /^\w+ +codec keys /.test(line));
      return { line: lines.slice(at, at + 2).join(' '), status };
    };
    const keyFile = async (name: string, mode = 0o600): Promise<string> => {
      const file = join((await open()).folder, name);
      writeKeyFile(file, newKeyFile(), { fresh: true });
      chmodSync(file, mode);
      return file;
    };

    itWithPython('names a key file that is missing, that others may read, and that is none', async () => {
      const readable = await keyFile('readable.json', 0o644);
      const other = join((await open()).folder, 'other.json');
      writeFileSync(other, '{}', { mode: 0o600 });
      for (const [HOLDOUT_CODEC_KEYS, why] of [
        [`${other}.missing`, /no such file/],
        [readable, /mode is 644/],
        [other, /is invalid/],
      ] as const) {
        const { line, status } = await keyLine({ HOLDOUT_CODEC_KEYS });
        assert.match(
          line,
          /^MISSING +codec keys +The codec key file \S+ cannot be used: .* → Restore the file from a copy/,
        );
        assert.match(line, why);
        assert.equal(status, 2);
      }
    });

    itWithPython('says that payloads are plain, and which keys the namespace needs', async () => {
      const setUp = await open();
      assert.match(
        (await keyLine({})).line,
        /^note +codec keys +HOLDOUT_CODEC_KEYS is not set: Temporal holds payloads/,
      );
      const HOLDOUT_CODEC_KEYS = await keyFile('own.json');
      const first = await keyLine({ HOLDOUT_CODEC_KEYS });
      assert.match(
        first.line,
        /^ok +codec keys +\S+, current key \w{8}, which is not used yet; it has every key of namespace complete \(0\) /,
      );
      const { current, keys } = readKeyFile(HOLDOUT_CODEC_KEYS);
      await setUp.registerKey(current, checkOf(keys.get(current) ?? assert.fail('no current key')));
      try {
        assert.match(
          (await keyLine({ HOLDOUT_CODEC_KEYS })).line,
          /^ok +codec keys +\S+, current key \w{8}; it has every key of namespace complete \(1\) /,
        );
        assert.match((await keyLine({})).line, /^MISSING +codec keys .*HOLDOUT_CODEC_KEYS names no key file/);
        const stranger = await keyLine({ HOLDOUT_CODEC_KEYS: await keyFile('stranger.json') });
        assert.match(stranger.line, /^MISSING +codec keys .* key \w{8} is missing in it/);
        assert.equal(stranger.status, 2);
      } finally {
        await setUp.unregisterKey(current);
      }
    });
  });

  for (const one of cases) {
    const { what, take, give, env, clock, edit, command, says, who, next, doctor } = one;
    const title = `without ${what} is refused in one sentence, before anything is uploaded`;
    const fault = clock === undefined ? undefined : fakeClockFault();
    if (fault !== undefined) {
      it.skip(`${title} (${fault})`);
      continue;
    }
    itWithPython(title, async () => {
      const setUp = await open();
      const file = setUp.campaign(`case-${cases.findIndex((one) => one.what === what)}`, edit);
      await take?.(setUp);
      const before = await setUp.objects();
      try {
        const { program, args } = command ?? { program: 'client', args: ['start', file, '--yes', '--detach'] };
        const { status, said, printed } = await setUp.run(program, args, env, clock);
        const [sentence = '', step = ''] = said.split('\n');
        assert.equal(status, 2, said + printed);
        assert.match(sentence, says);
        assert.ok(sentence.endsWith(` Who acts: the ${who}.`), sentence);
        assert.match(step, /^ {2}→ /);
        assert.match(step, next);
        assert.doesNotMatch(said + printed, unhelpful);
        assert.match(sentence, effect);
        if (doctor !== undefined) {
          const looked = await setUp.run('client', ['doctor', '--aws', file], env);
          assert.equal(looked.status, 2, looked.printed + looked.said);
          const line = lineOf(looked.printed, doctor.check);
          assert.match(line, /^MISSING /);
          assert.match(line, doctor.names);
          assert.ok(line.endsWith(` Who acts: the ${who}.`), line);
          assert.doesNotMatch(looked.printed + looked.said, unhelpful);
        }
        assert.deepEqual(await setUp.objects(), before);
      } finally {
        await give?.(setUp);
      }
    });
  }
});
