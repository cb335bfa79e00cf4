import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { ContainerEngine } from '../../../src/runner/sandbox/engine.ts';
import { runPathsOf } from '../../../src/runner/sandbox/run-paths.ts';
import { makeWritableRoot } from '../../../src/runner/sandbox/writable-root.ts';
import { RunnerRig } from '../runner-rig.ts';

describe('a campaign with a writable root file system', () => {
  let rig: RunnerRig;
  before(async () => {
    rig = await RunnerRig.start();
  });
  after(() => rig.stop());
  afterEach(() => assert.deepEqual(rig.leftOvers(), []));

  const inWorkFolder = { input: '/app/input_data', output: '/app/output' };
  const writable = { rootFilesystem: 'writable' } as const;
  const files = { '/app/old': { content: 'old\n', mode: 0o644 }, '/app/sub/f': { content: 'f\n' } };

  it('lets an image write into its work folder, and hides one run’s files from the next', async () => {
    const script = `
      echo "$@ $MODEL $(id -g)"; pwd; cat old
      [ -e seen ] && echo SEEN
      touch seen && echo new > old && echo x >> sub/f && mkdir -p deep/er && rm -r sub
      for folder in / /bin /etc $HOLDOUT_INPUT /sys /proc/sys; do (echo x > $folder/x) 2> /dev/null && echo WROTE $folder; done
      cat old input_data/a.txt > output/predictions.csv`;
    const config = { WorkingDir: '/app', Env: ['PATH=/bin', 'MODEL=m'], Entrypoint: ['/entry', 'a b'], Cmd: ['c'] };
    for (const [args, words] of [
      [undefined, 'a b c'],
      [['d'], 'a b d'],
    ] as const) {
      const { log, outcome } = await rig.run(
        { script, files, config },
        { ...writable, paths: inWorkFolder, ...(args && { args: [...args] }) },
      );
      assert.equal(log, `${words} m 64001\n/app\nold\n`, JSON.stringify(outcome.end));
      assert.equal(outcome.predictions.kind === 'collected' && outcome.predictions.bytes, 'new\nalpha'.length);
    }
  });

  it('limits the written bytes to limits.output, and does not count them as memory', async () => {
    const script = `
      dd if=/dev/zero of=fits bs=1M count=16 2> /dev/null && echo fits
      dd if=/dev/zero of=beyond bs=1M count=100 2>&1 | grep -o 'No space left on device'
      du -m . | sed 's/\\t.*//'`;
    const limits = { outputBytes: 16 << 20, memoryMiB: 12 };
    const { log, outcome } = await rig.run({ script, files, config: { WorkingDir: '/app' } }, { ...writable, limits });
    const [fits, full, mebibytes] = log.trim().split('\n');
    assert.deepEqual([fits, full], ['fits', 'No space left on device'], log);
    assert.ok(Number(mebibytes) <= 16 * 1.025 + 5, log);
    assert.equal(outcome.memory.outOfMemory, 'none');
  });

  it('makes only the root folder, and nothing below it, writable for an image without a work folder', async () => {
    const script = 'echo x > /x && cat /x; (echo x > /app/x) 2> /dev/null && echo WROTE; pwd';
    const { log, outcome } = await rig.run({ script, files, links: { '/tmp': '/etc' } }, writable);
    assert.equal(log, 'x\n/\n', JSON.stringify(outcome.end));
  });

  it('makes nothing writable that a link in the image names', async () => {
    const outside = mkdtempSync('/tmp/holdout-outside-');
    const links = { '/k': outside, '/etc': outside };
    const { outcome } = await rig.run({ script: 'exit 0', links, config: { WorkingDir: '/k' } }, writable);
    assert.notEqual(outcome.end.kind, 'stopped');
    assert.deepEqual([statSync(outside).uid, existsSync(`${outside}/hosts`)], [0, false]);
    rmSync(outside, { recursive: true });
  });

  it('gives no other file away with its work folder, such as the target of a link in it', async () => {
    const script = '(echo x > secret) 2> /dev/null && echo WROTE; stat -c "%u %h" ../kept; ls -l ../kept';
    const links = { '/app/secret': '/kept' };
    const kept = { ...files, '/kept': { content: 'kept\n', mode: 0o644 } };
    const { log, outcome } = await rig.run({ script, files: kept, links, config: { WorkingDir: '/app' } }, writable);
    assert.match(log, /^0 1\n/, JSON.stringify(outcome.end));
  });

  it('refuses an image without a program as the team’s fault', async () => {
    const { outcome } = await rig.run({ config: { Entrypoint: null } }, writable);
    assert.ok(outcome.end.kind === 'never-started' && outcome.end.cause === 'no-command', JSON.stringify(outcome.end));
  });

  it('is an error on a host with docker', async () => {
    const engine = new ContainerEngine({ name: 'docker', command: ['docker'], runFlags: [] });
    const place = runPathsOf({ scratch: rig.scratch, jobId: 'j' });
    const spec = await rig.putSpec(rig.image('x'), writable);
    const request = { engine, place, spec, image: anImage };
    await assert.rejects(makeWritableRoot(request), { code: 'ROOT_NOT_WRITABLE' });
  });
});

const anImage = {
  id: 'x',
  bytes: 1,
  environment: [],
  workingDirectory: '/',
  entryPoint: [],
  command: [],
  volumes: [],
  layers: [],
};
