import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { ImageRecipe } from '../support/oci-image.ts';
import { socketProgram } from '../support/tiny-elf.ts';
import { RunnerRig } from './runner-rig.ts';

describe('a submission is cut off from everything', () => {
  let rig: RunnerRig;
  before(async () => {
    rig = await RunnerRig.start();
  });
  after(() => rig.stop());
  afterEach(() => assert.deepEqual(rig.leftOvers(), []));

  const outside = '/tmp/holdout-outside-of-the-image';

  const hostileEnvironment = [
    'PATH=/bin',
    'HOME=/root',
    'MODEL=a b',
    'LD_PRELOAD=/x.so',
    ' LD_PRELOAD=/x.so',
    '\tNVIDIA_VISIBLE_DEVICES=all',
    'LD_LIBRARY_PATH=/usr/local/cuda/lib64:/proc/self/cwd:lib',
    'GCONV_PATH=/x',
    'NVIDIA_VISIBLE_DEVICES=all',
    'AWS_SECRET_ACCESS_KEY=x',
    'HOLDOUT_INPUT=/x',
    'HOLDOUT_SEED=1',
    'container=x',
  ];

  it('it sees exactly the environment it should', async () => {
    const config = { Env: hostileEnvironment, Entrypoint: ['/bin/env'] };
    const { log, outcome } = await rig.run({ config }, { instanceClass: { gpu: 'emulated', gpuMemoryMiB: 1 } });
    const golden = [
      'HOLDOUT_GPU_DEVICE=/dev/holdout-gpu',
      'HOLDOUT_INPUT=/input',
      'HOLDOUT_OUTPUT=/output',
      'HOME=/tmp',
      'HOSTNAME=submission',
      'LD_LIBRARY_PATH=/usr/local/cuda/lib64',
      'MODEL=a b',
      'PATH=/bin',
      'container=x',
    ];
    const seen = log.trim().split('\n').sort();
    // Docker cannot take an image's variable away; it is empty there.
    assert.deepEqual(rig.engine.name === 'docker' ? seen.filter((line) => !line.endsWith('=')) : seen, golden);
    assert.deepEqual(outcome.withheld?.slice(0, 3), ['LD_PRELOAD', ' LD_PRELOAD', '\tNVIDIA_VISIBLE_DEVICES']);
  });

  it('it has no network but its own loopback', async () => {
    const port = new URL(rig.s3.endpoint).port;
    const script = `
      ip -o link | cut -d: -f2
      for target in "127.0.0.1 ${port}" "169.254.169.254 80" "169.254.170.2 80" "10.0.0.2 53" "1.1.1.1 53"; do
        nc -w 1 $target < /dev/null 2>&1 && echo REACHED $target
      done
      nslookup example.org > /dev/null 2>&1 && echo RESOLVED
      cat /etc/hosts`;
    const { log } = await rig.run(script);
    const unreachable = "nc: can't connect to remote host (HOST): Network is unreachable";
    assert.deepEqual(
      log
        .trim()
        .replaceAll(/\((?!127)[\d.]+\)/g, '(HOST)')
        .split('\n'),
      [
        'lo',
        "nc: can't connect to remote host (127.0.0.1): Connection refused",
        ...Array.from({ length: 4 }, () => unreachable),
        '127.0.0.1 localhost submission',
        '::1 localhost',
      ],
    );
  });

  const [refused, opened] = [[1, 38], [253]];
  const sockets = {
    AF_VSOCK: [40, 1, refused],
    AF_ALG: [38, 5, refused],
    AF_PACKET: [17, 3, refused],
    AF_INET: [2, 1, opened],
  } as const;
  for (const [family, [number, type, expected]] of Object.entries(sockets)) {
    it(`${family} sockets are ${expected === opened ? 'opened' : 'refused'}`, async () => {
      const { outcome } = await rig.run({ files: { '/entry': { content: socketProgram(number, type) } } });
      // EPERM or ENOSYS from the filter; the kernel's own refusal would be another one.
      assert.ok(outcome.end.kind === 'exited' && expected.includes(outcome.end.exitCode), JSON.stringify(outcome.end));
    });
  }

  it('it can write only where it should', async () => {
    const script = `
      for folder in / /input /etc /dev /sys /proc/sys /run /bin; do
        (echo x > $folder/x) 2> /dev/null && echo WROTE $folder
      done
      for folder in /tmp /output /dev/shm; do (echo x > $folder/x) || echo CANNOT $folder; done
      rm -f /input/a.txt 2> /dev/null && echo REMOVED
      cat /input/a.txt; echo; ls /input`;
    const { log } = await rig.run(script);
    assert.equal(log, 'alpha\na.txt\nb.txt\n');
  });

  it('it has no privileges and gets none', async () => {
    const script = `
      id -u; id -g
      grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status
      mount -t tmpfs none /tmp 2> /dev/null && echo MOUNTED
      unshare -U true 2> /dev/null && echo NAMESPACE
      chroot /tmp true 2> /dev/null && echo CHROOT
      echo x > /tmp/x && cp /bin/busybox /tmp/id && chmod 4755 /tmp/id && /tmp/id -u`;
    const { log } = await rig.run(script);
    assert.equal(
      log.replaceAll('\t', ' '),
      `64001\n64001\nCapEff: ${'0'.repeat(16)}\nCapBnd: ${'0'.repeat(16)}\nNoNewPrivs: 1\nSeccomp: 2\n64001\n`,
    );
  });

  const inTheWay: Record<string, ImageRecipe> = {
    files: {
      files: Object.fromEntries(
        ['/tmp', '/input', '/output', '/proc', '/sys', '/dev'].map((at) => [at, { content: 'x' }]),
      ),
    },
    'links to themselves': { links: { '/tmp': '/tmp', '/input': 'input', '/output': '/output' } },
    'links out': { links: { '/tmp': outside, '/input': '/etc', '/output': '../../..', '/etc': outside } },
    'folders nobody may enter': { folders: { '/tmp': 0o000, '/input': 0o700, '/output': 0o755, '/etc/hosts': 0o700 } },
  };
  for (const [what, recipe] of Object.entries(inTheWay)) {
    it(`its folders are there where its image has ${what}`, async () => {
      const script =
        'cat /input/a.txt && echo x > /tmp/x && cp /tmp/x /output/predictions.csv && grep -c localhost /etc/hosts; pwd';
      const { log, outcome } = await rig.run({ script, ...recipe });
      assert.equal(log, 'alpha2\n/\n', JSON.stringify(outcome.end));
      assert.equal(outcome.predictions.kind, 'collected');
      assert.equal(existsSync(outside), false);
    });
  }

  it('no folder is made outside its image for its work folder, and a relative one begins at the root', async () => {
    const out = await rig.run({ script: 'exit 0', links: { '/k': outside }, config: { WorkingDir: '/k/x' } });
    assert.equal(existsSync(outside), false);
    assert.notEqual(out.outcome.end.kind, 'exited');
    const { log } = await rig.run({ script: 'pwd', folders: { '/app': 0o755 }, config: { WorkingDir: 'app' } });
    assert.equal(log, '/app\n');
  });

  it('its image opens no further doors: volumes, work folder, user', async () => {
    const files = { '/data/a': { content: 'of the image\n' } };
    const config = {
      Volumes: { '/data': {}, '/x,src=/etc': {} },
      WorkingDir: '/proc/self/fd',
      User: '0:0',
      StopSignal: 'SIGFOO',
      Labels: { 'io.containers.autoupdate': 'registry' },
      Healthcheck: { Test: ['CMD-SHELL', 'touch /output/health'], Interval: 1_000_000_000, Timeout: 1_000_000_000 },
    };
    const script = 'pwd; id -u; cat /data/a; echo x > /data/x && echo WROTE; sleep 1.5; ls /output';
    const { log, outcome } = await rig.run({ script, config, files });
    assert.match(log, /^\/\n64001\nof the image\n/, JSON.stringify(outcome.end));
    assert.doesNotMatch(log, /WROTE|health/);
  });
});
