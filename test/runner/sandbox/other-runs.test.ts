import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errno } from '../../../src/runner/isolation/program/call-numbers.ts';
import { mostTerminals } from '../../../src/runner/sandbox/mounts.ts';
import { runPathsOf } from '../../../src/runner/sandbox/run-paths.ts';
import { eventually } from '../../support/eventually.ts';
import { type Hoard, hoardingProgram, hoardsIn, type Thing } from '../../support/images/hoarding-program.ts';
import { type FinishedRun, RunnerRig, type StartedRunner } from '../runner-rig.ts';

const EMFILE = -24;

/** Errors of calls that ask for one too many. */
const refusals: Record<Thing, number> = {
  'locks of the inputs': errno.EAGAIN,
  'message queues': EMFILE,
  'pipes of 1 MiB': errno.EPERM,
  'timers that send signals': errno.EAGAIN,
  'segments of shared memory': errno.ENOSPC,
  'pseudo-terminals': errno.ENOSPC,
  'asynchronous contexts': errno.ENOSYS,
  'inotify instances': EMFILE,
  processes: errno.EAGAIN,
};

describe('runs on one host', () => {
  let rig: RunnerRig;
  before(async () => {
    rig = await RunnerRig.start();
  });
  after(() => rig.stop());
  afterEach(() => assert.deepEqual(rig.leftOvers(), []));

  it('have all that they may have while two others take all that they can get', async () => {
    const inputs = await rig.putInputs({ 'a.txt': 'alpha' });
    const start = async (program: Buffer): Promise<StartedRunner> => {
      const image = rig.image({ files: { '/entry': { content: program } } });
      const { runKey } = await rig.putSpec(image, { inputs, limits: { pids: 100 } });
      // Limits that count for a user are below those of the control group.
      const { name, command } = rig.engine;
      const runFlags = ['nofile=1024:1024', 'nproc=60:60', 'sigpending=200:200'].map((limit) => `--ulimit=${limit}`);
      return rig.startRunner(runKey, undefined, { HOLDOUT_ENGINE: JSON.stringify({ name, command, runFlags }) });
    };
    const full = ({ jobId }: StartedRunner): string => join(runPathsOf({ scratch: rig.scratch, jobId }).output, 'full');
    const hogs: StartedRunner[] = [];
    let victim: Record<Thing, Hoard>;
    try {
      for (const which of ['first', 'second']) {
        const hog = await start(hoardingProgram('/output/full'));
        hogs.push(hog);
        await eventually(`the ${which} hog has all it can get`, () => existsSync(full(hog)));
      }
      victim = hoardsOf(await rig.finished(await start(hoardingProgram())));
      const folders = hogs.map(({ jobId }) => runPathsOf({ scratch: rig.scratch, jobId }).folder);
      for (const folder of [...folders, join(rig.scratch, 'inputs', inputs.digest)])
        assert.equal(statSync(folder).mode & 0o777, 0o700, `${folder} is for root alone`);
    } finally {
      for (const { process } of hogs) process.kill('SIGTERM');
      await Promise.all(hogs.map(({ exitCode }) => exitCode));
    }
    const [first, second] = await Promise.all(hogs.map(async (hog) => hoardsOf(await rig.finished(hog))));
    assert.deepEqual(
      Object.fromEntries(Object.entries(victim).map(([thing, { last }]) => [thing, last])),
      refusals,
      JSON.stringify(victim),
    );
    assert.deepEqual([second, victim], [first, first]);
    const taken = (thing: Thing): number => victim[thing].taken;
    assert.deepEqual([taken('asynchronous contexts'), taken('pseudo-terminals')], [0, mostTerminals]);
    for (const thing of Object.keys(refusals) as Thing[]) {
      assert.ok(thing === 'asynchronous contexts' || taken(thing) > 0, thing);
    }
  });
});

const hoardsOf = ({ log }: FinishedRun): Record<Thing, Hoard> => hoardsIn(Buffer.from(log, 'latin1'));
