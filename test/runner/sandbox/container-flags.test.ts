import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { ImageRecipe } from '../../support/images/oci-image.ts';
import { calling32Bit, callingProgram, type SystemCall } from '../../support/images/tiny-elf.ts';
import { RunnerRig } from '../runner-rig.ts';

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

  it('it gets exactly its own environment', async () => {
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
    // Docker cannot remove an image's variable; it sets it to an empty value.
    assert.deepEqual(rig.engine.name === 'docker' ? seen.filter((line) => !line.endsWith('=')) : seen, golden);
    assert.deepEqual(outcome.withheld?.slice(0, 3), ['LD_PRELOAD', ' LD_PRELOAD', '\tNVIDIA_VISIBLE_DEVICES']);
  });

  it('it has no network except its own loopback', async () => {
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
        // What gVisor says.
        .replaceAll('No route to host', 'Network is unreachable')
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

  it('it can write only to its output and temporary folders', async () => {
    const script = `
      for folder in / /input /etc /dev /sys /proc/sys /run /bin; do
        (echo x > $folder/x) 2> /dev/null && echo WROTE $folder
      done
      for folder in /tmp /output /dev/shm; do (echo x > $folder/x) || echo CANNOT $folder; done
      rm -f /input/a.txt 2> /dev/null && echo REMOVED
      cat /input/a.txt; echo; ls /input
      for folder in /tmp /dev/shm; do
        rm -f $folder/*
        dd if=/dev/zero of=$folder/x bs=1M 2>&1 | grep -o 'No space left on device'
        stat -c %s $folder/x
        rm $folder/x
      done`;
    const { log } = await rig.run(script, { limits: { memoryMiB: 64, sharedMemoryMiB: 24 } });
    const full = [32, 24].map((mebibytes) => `No space left on device\n${mebibytes << 20}\n`);
    assert.equal(log, `alpha\na.txt\nb.txt\n${full.join('')}`);
  });

  it('no program there gets the rights of its file, and no file is a device', async () => {
    const script = `for folder in /tmp /output /dev/shm; do
      grep -q " $folder [^ ]* [^ ]*nosuid,nodev" /proc/self/mounts && echo $folder
    done`;
    assert.equal((await rig.run(script)).log, '/tmp\n/output\n/dev/shm\n');
  });

  it('it has no privileges and gets none', async () => {
    const script = `
      id -g
      grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status
      mount -t tmpfs none /tmp 2> /dev/null && echo MOUNTED
      unshare -U true 2> /dev/null && echo NAMESPACE
      chroot /tmp true 2> /dev/null && echo CHROOT
      echo x > /tmp/x && cp /bin/busybox /tmp/id && chmod 4755 /tmp/id && [ $(/tmp/id -u) = $(id -u) ] && echo SAME`;
    const { log } = await rig.run(script);
    assert.equal(
      log.replaceAll('\t', ' '),
      `64001\nCapEff: ${'0'.repeat(16)}\nCapBnd: ${'0'.repeat(16)}\nNoNewPrivs: 1\nSeccomp: 2\nSAME\n`,
    );
  });

  const [newUserNamespace, childSignal] = [0x1000_0000, 17];
  const refusedCalls: Record<string, SystemCall> = {
    add_key: [248],
    bpf: [321],
    chroot: [161],
    'clone into a user namespace': [56, newUserNamespace + childSignal],
    clone3: [435],
    fanotify_init: [300],
    finit_module: [313],
    fsopen: [430],
    init_module: [175],
    io_cancel: [210],
    io_destroy: [207],
    io_getevents: [208],
    io_pgetevents: [333],
    io_setup: [206, 1],
    io_submit: [209],
    io_uring_enter: [426],
    io_uring_register: [427],
    io_uring_setup: [425],
    kcmp: [312],
    kexec_load: [246],
    keyctl: [250],
    'memfd_create MFD_HUGETLB': [319, 0, 4],
    memfd_secret: [447],
    'mmap MAP_HUGETLB': [9, 0, 2 ** 21, 3, 0x4_0022],
    mount: [165],
    move_mount: [429],
    move_pages: [279],
    name_to_handle_at: [303],
    open_by_handle_at: [304],
    open_tree: [428],
    perf_event_open: [298],
    'personality READ_IMPLIES_EXEC': [135, 0x40_0000],
    pidfd_getfd: [438],
    pivot_root: [155],
    'ptrace PTRACE_ATTACH': [101, 16, 1],
    'ptrace PTRACE_TRACEME': [101],
    request_key: [249],
    setns: [308],
    settimeofday: [164],
    'shmget SHM_HUGETLB': [29, 0, 2 ** 21, 0o5600],
    syslog: [103],
    umount2: [166],
    unshare: [272, newUserNamespace],
    userfaultfd: [323],
    'socket AF_ALG': [41, 38, 5],
    'socket AF_VSOCK': [41, 40, 1],
    'socket AF_PACKET': [41, 17, 3],
    'socket AF_XDP': [41, 44, 3],
    'socket AF_NETLINK NETLINK_SOCK_DIAG': [41, 16, 3, 4],
    'socket AF_NETLINK NETLINK_NETFILTER': [41, 16, 3, 12],
    'socket AF_NETLINK NETLINK_KOBJECT_UEVENT': [41, 16, 3, 15],
    'socket AF_NETLINK NETLINK_GENERIC': [41, 16, 3, 16],
  };
  /** Each returns the next free descriptor. */
  const openedSockets: Record<string, SystemCall> = {
    AF_UNIX: [41, 1, 1],
    AF_INET: [41, 2, 1],
    'AF_NETLINK NETLINK_ROUTE': [41, 16, 3],
  };

  it('it can make only the 64-bit system calls of the profile, and open only ordinary sockets', async () => {
    const calls = { ...refusedCalls, ...openedSockets };
    const files = {
      '/calls': { content: callingProgram(Object.values(calls)) },
      '/32-bit': { content: calling32Bit },
      '/x32': { content: callingProgram([[0x4000_0027]]) },
    };
    const script = '/32-bit > /dev/null; echo $?; /x32 > /dev/null; echo $?; /calls | od -v -A n -t d8 -w8';
    const { log } = await rig.run({ script, files });
    const [ia32, x32, ...results] = (log.match(/-?\d+/g) ?? []).map(Number);
    const killedBySigsys = 128 + 31;
    // The kernel itself refuses with errors other than ENOSYS.
    const expected = [...Object.keys(refusedCalls).map(() => -38), 3, 4, 5];
    const named = (values: readonly number[]): object =>
      Object.fromEntries(Object.keys(calls).map((name, n) => [name, values[n]]));
    assert.deepEqual(
      { ia32, x32, ...named(results.reverse()) },
      { ia32: killedBySigsys, x32: killedBySigsys, ...named(expected) },
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
    'folders that no user may enter': {
      folders: { '/tmp': 0o000, '/input': 0o700, '/output': 0o755, '/etc/hosts': 0o700 },
    },
  };
  for (const [what, recipe] of Object.entries(inTheWay)) {
    it(`it has its folders if its image has ${what}`, async () => {
      const script =
        'cat /input/a.txt && echo x > /tmp/x && cp /tmp/x /output/predictions.csv && grep -c localhost /etc/hosts; pwd';
      const { log, outcome } = await rig.run({ script, ...recipe });
      assert.equal(log, 'alpha2\n/\n', JSON.stringify(outcome.end));
      assert.equal(outcome.predictions.kind, 'collected');
      assert.equal(existsSync(outside), false);
    });
  }

  it('its work folder is never made outside its image, and a relative one begins at the root', async () => {
    const out = await rig.run({ script: 'exit 0', links: { '/k': outside }, config: { WorkingDir: '/k/x' } });
    assert.equal(existsSync(outside), false);
    assert.notEqual(out.outcome.end.kind, 'exited');
    const { log } = await rig.run({ script: 'pwd', folders: { '/app': 0o755 }, config: { WorkingDir: 'app' } });
    assert.equal(log, '/app\n');
  });

  it('its image cannot weaken the confinement: volumes, work folder, user', async () => {
    const files = { '/data/a': { content: 'of the image\n' } };
    const config = {
      Volumes: { '/data': {}, '/x,src=/etc': {} },
      WorkingDir: '/proc/self/fd',
      User: '0:0',
      StopSignal: 'SIGFOO',
      Labels: { 'io.containers.autoupdate': 'registry' },
      Healthcheck: { Test: ['CMD-SHELL', 'touch /output/health'], Interval: 1_000_000_000, Timeout: 1_000_000_000 },
    };
    const script = 'pwd; id -g; cat /data/a; echo x > /data/x && echo WROTE; sleep 1.5; ls /output';
    const { log, outcome } = await rig.run({ script, config, files });
    assert.match(log, /^\/\n64001\nof the image\n/, JSON.stringify(outcome.end));
    assert.doesNotMatch(log, /WROTE|health/);
  });
});
