import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseImageOf } from '../../../src/images/base/base-image.ts';
import { acceptedConfiguration, type ConfigurationOptions } from '../../../src/images/configuration/configuration.ts';
import { ImageTree } from '../../../src/images/layers/image-tree.ts';
import { inspectLayer } from '../../../src/images/layers/inspect-layer.ts';
import { Refusal } from '../../../src/images/refusal.ts';
import { file, folder, layer, link, type Entry } from '../layers/layer-tar.ts';

interface CleanConfig {
  config: { Env: string[]; Entrypoint: string[]; Cmd: string[]; WorkingDir: string };
}

const notUtf8 = Buffer.from('caf\xe9', 'latin1');

const base: Entry[] = [
  folder('bin'),
  file('bin/sh', '\x7fELF'),
  link('bin/bash', 'sh'),
  folder('app'),
  file('app/run.sh', '#!/bin/sh\nexit\n'),
  file('app/notes', 'x', 0o644),
  folder('root', 0o700),
  file('root/run.sh'),
  link('work', 'app'),
  link('host', '/var/lib/nowhere'),
  link('round', 'round'),
  link('kernel', '/proc/self'),
  { ...folder(''), name: notUtf8 },
  { ...link('bytes', ''), link: notUtf8 },
];

describe('the configuration of an image', () => {
  let scratch: string;
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'configuration-'));
  });
  after(() => rm(scratch, { recursive: true }));

  const treeOf = async (...entries: Entry[]): Promise<{ tree: ImageTree; diffIds: string[] }> => {
    const tree = new ImageTree();
    const path = join(scratch, 'layer');
    await writeFile(path, layer(...entries));
    return { tree, diffIds: [(await inspectLayer(path, { unpackedBytes: 2 ** 24 }, tree)).diffId] };
  };
  const accepted = async (config: object, entries: Entry[] = [], options?: ConfigurationOptions, over: object = {}) => {
    const { tree, diffIds } = await treeOf(...base, ...entries);
    const given = {
      architecture: 'amd64',
      os: 'linux',
      config: { Entrypoint: ['/app/run.sh'], ...config },
      rootfs: { type: 'layers', diff_ids: diffIds },
      ...over,
    };
    const { json, withheld } = acceptedConfiguration(given, diffIds, tree, options);
    return { ...(json as CleanConfig), withheld };
  };
  const refusalOf = async (...args: Parameters<typeof accepted>): Promise<string> => {
    try {
      await accepted(...args);
    } catch (error) {
      if (error instanceof Refusal) return error.message;
      throw error;
    }
    return assert.fail('accepted');
  };

  it('is rewritten with environment, command and work folder only', async () => {
    const { withheld, ...json } = await accepted(
      {
        Env: ['A=1'],
        Cmd: ['x'],
        User: 'root',
        Labels: { 'io.containers.autoupdate': 'registry' },
        Volumes: { '/etc': {} },
        ExposedPorts: {},
        Healthcheck: { Test: ['CMD', 'curl'] },
        StopSignal: 'SIGFOO',
        OnBuild: ['RUN x'],
        Shell: ['/bin/evil'],
        ArgsEscaped: true,
      },
      [],
      {},
      { author: 'x', created: 'y', variant: 'v9', container_config: {}, 'os.features': ['x'] },
    );
    assert.deepEqual(json, {
      architecture: 'amd64',
      os: 'linux',
      config: { Env: ['A=1'], Entrypoint: ['/app/run.sh'], Cmd: ['x'], WorkingDir: '/' },
      rootfs: { type: 'layers', diff_ids: (await treeOf(...base)).diffIds },
    });
    assert.deepEqual(withheld, ['USER', 'VOLUME', 'HEALTHCHECK', 'STOPSIGNAL']);
  });

  it('may omit optional fields, spell the platform differently, and have texts instead of lists', async () => {
    const { config } = await accepted(
      { Env: null, Cmd: null, WorkingDir: null, Entrypoint: '/app/run.sh' },
      [],
      {},
      {
        architecture: 'x86_64',
        history: null,
      },
    );
    assert.deepEqual(config, { Env: [], Entrypoint: ['/app/run.sh'], Cmd: [], WorkingDir: '/' });
    await accepted({}, [], { commandGiven: true }, { config: null });
  });

  it('is refused with other layers, another platform or another shape', async () => {
    for (const [over, words] of [
      [{ rootfs: { diff_ids: [] } }, /not those that its configuration names/],
      [{ rootfs: { diff_ids: [`sha256:${'0'.repeat(64)}`] } }, /not those that its configuration names/],
      [{ rootfs: null }, /rootfs is missing or has the wrong type/],
      [{ architecture: 'arm64' }, /platform other than/],
      [{ os: 'windows' }, /platform other than/],
      [{ config: { Env: 'A=1\0' } }, /NUL/],
      [{ config: { Env: [1] } }, /config\.Env is missing or has the wrong type/],
      [{ config: { Cmd: { a: 1 } } }, /config\.Cmd is missing or has the wrong type/],
      [{ config: { WorkingDir: ['/'] } }, /config\.WorkingDir is missing or has the wrong type/],
      [{ config: 'x' }, /config is missing or has the wrong type/],
    ] as const) {
      assert.match(await refusalOf({}, [], {}, over), words);
    }
    const { tree, diffIds } = await treeOf(...base);
    assert.throws(() => acceptedConfiguration(null, diffIds, tree), /it is not an object/);
  });

  it('keeps only the part of its history that identifies the base', async () => {
    const { tree, diffIds } = await treeOf(...base);
    const [first = ''] = diffIds;
    const rootfs = { diff_ids: [first, first, first] };
    const history = [
      { created_by: 'ADD file:canary in /', comment: 'canary' },
      { created_by: '/bin/sh -c #(nop)  CMD ["canary"]', empty_layer: true },
      { created_by: 'RUN canary' },
      { created_by: 'ENTRYPOINT ["/canary"]', empty_layer: true },
      { author: 'canary' },
      { created_by: 'ENV canary=1', empty_layer: true },
    ];
    const given = { architecture: 'amd64', os: 'linux', config: { Cmd: ['/app/run.sh'] }, rootfs, history };
    const { json } = acceptedConfiguration(given, rootfs.diff_ids, tree);
    assert.equal(baseImageOf(json), baseImageOf(given));
    assert.doesNotMatch(JSON.stringify(json), /canary/);
    const fewer = acceptedConfiguration({ ...given, history: history.slice(1) }, rootfs.diff_ids, tree);
    assert.equal('history' in fewer.json, false);
  });

  it('is refused with an environment or a command that is too large for a process', async () => {
    assert.match(await refusalOf({ Env: ['A=a\0b'] }), /NUL/);
    assert.match(await refusalOf({ Env: [`A=${'x'.repeat(200_000)}`] }), /more than 128 KiB/);
    assert.match(await refusalOf({ Env: ['A', 'B', 'C'].map((name) => `${name}=${'x'.repeat(100_000)}`) }), /256 KiB/);
    assert.match(await refusalOf({ Env: Array.from({ length: 3_000 }, (_, n) => `A${n}=`) }), /2000 variables/);
    await accepted({ Env: ['A', 'B'].map((name) => `${name}=${'x'.repeat(100_000)}`) });
    assert.match(await refusalOf({ Cmd: ['a\0b'] }), /NUL/);
    assert.match(await refusalOf({ Cmd: ['x'.repeat(2 ** 17)] }), /too long/);
    assert.match(await refusalOf({ Cmd: Array.from({ length: 3 }, () => 'x'.repeat(100_000)) }), /too long/);
  });

  it('has an existing work folder, by a path without links', async () => {
    for (const [written, path, withheld] of [
      ['', '/', []],
      ['/app', '/app', []],
      ['app', '/app', []],
      ['./app/', '/app', []],
      ['/work', '/app', []],
      ['/work/../root', '/root', []],
      ['/app/not/there', '/app', ['WORKDIR (not in the image)']],
      ['/srv', '/', ['WORKDIR (not in the image)']],
      ['/host/x', '/', ['WORKDIR (not in the image)']],
      ['/../../../srv', '/', ['WORKDIR (not in the image)']],
      ['/proc/self/fd/8', '/', ['WORKDIR (a folder of the kernel)']],
      ['/kernel/cwd', '/', ['WORKDIR (not in the image)']],
      ['/app/../proc/1', '/', ['WORKDIR (a folder of the kernel)']],
      ['/dev/shm', '/', ['WORKDIR (a folder of the kernel)']],
      ['/tmp', '/tmp', []],
      ['/tmp/x', '/tmp', ['WORKDIR (hidden by a mount)']],
      ['/output', '/output', []],
      ['/input/x', '/input', ['WORKDIR (hidden by a mount)']],
    ] as const) {
      const found = await accepted({ WorkingDir: written });
      assert.equal(found.config.WorkingDir, path, written);
      assert.deepEqual(found.withheld, withheld, written);
    }
  });

  it('is refused with a work folder that is none', async () => {
    for (const [WorkingDir, words] of [
      ['/app/run.sh', 'is a file, or lies below one'],
      ['/app/run.sh/x', 'is a file, or lies below one'],
      ['/round', 'is a link that leads in a circle'],
      ['/bytes', 'is a path that is not valid UTF-8'],
      ['/a\0b', 'is not a path'],
      [`/${'x'.repeat(5_000)}`, 'is not a path'],
    ] as const) {
      assert.equal(await refusalOf({ WorkingDir }), `WORKDIR of the image ${words}`);
    }
  });

  it('has an entry point that submissions may run', async () => {
    const scripts = [
      file('app/strange', '#! /bin/bash -e\n'),
      file('app/near', '#!../bin/sh\n'),
      { ...file('app/group', 'x', 0o710), gid: 64001 },
    ];
    for (const config of [
      { Entrypoint: ['/app/run.sh'] },
      { Entrypoint: [], Cmd: ['/app/run.sh'] },
      { Entrypoint: ['./run.sh'], WorkingDir: '/work' },
      { Entrypoint: ['app/run.sh'] },
      { Entrypoint: ['sh'] },
      { Entrypoint: ['bash', '-c', 'x'], Env: ['PATH=/nowhere:/bin'] },
      { Entrypoint: ['run.sh'], Env: ['PATH=/root:../app'], WorkingDir: '/bin' },
      { Entrypoint: ['/work/../bin/sh'] },
      { Entrypoint: ['/app/strange'] },
      { Entrypoint: ['/app/near'], WorkingDir: '/app' },
      { Entrypoint: ['/app/group'] },
    ]) {
      await accepted(config, scripts);
    }
  });

  it('is refused, with a reason, when its entry point cannot run', async () => {
    const scripts = [
      file('app/dos', '#!/bin/bash\r\n'),
      file('app/python', '#!/usr/bin/python\nprint()\n'),
      file('app/closed', '#!/app/notes\n'),
      file('app/locked', 'x', 0o700),
      { ...file('app/own', 'x', 0o700), uid: 64001 },
      folder('tmp'),
      file('tmp/run'),
    ];
    for (const [config, words] of [
      [{ Entrypoint: [] }, /neither ENTRYPOINT nor CMD/],
      [{ Entrypoint: null, Cmd: null }, /neither ENTRYPOINT nor CMD/],
      [{ Entrypoint: [''] }, /is empty/],
      [{ Entrypoint: ['/nowhere'] }, /the entry point of the image is not in the image/],
      [{ Entrypoint: ['nowhere'] }, /is not in the image/],
      [{ Entrypoint: ['run.sh'] }, /is not in the image/],
      [{ Entrypoint: ['/app/run.sh/x'] }, /is not in the image/],
      [{ Entrypoint: ['/round'] }, /is not in the image/],
      [{ Entrypoint: ['/app'] }, /is a folder/],
      [{ Entrypoint: ['/app/notes'] }, /may not be executed.*64001/],
      [{ Entrypoint: ['/app/own'] }, /may not be executed.*64001/],
      [{ Entrypoint: ['/app/locked'] }, /may not be executed.*64001/],
      [{ Entrypoint: ['/root/run.sh'] }, /a folder that submissions may not enter/],
      [{ Entrypoint: ['run.sh'], Env: ['PATH=/root:/bin'] }, /a folder that submissions may not enter/],
      [{ Entrypoint: ['/tmp/run'] }, /hidden by a mount/],
      [{ Entrypoint: ['/app/dos'] }, /Windows line endings/],
      [{ Entrypoint: ['/app/python'] }, /first line \(#!\) of the entry point names is not in the image/],
      [{ Entrypoint: ['/app/closed'] }, /first line .* may not be executed/],
    ] as const) {
      assert.match(await refusalOf(config, scripts), words);
      await accepted(config, scripts, { commandGiven: true });
    }
  });

  it('is refused when a file of the image blocks a mount of every container', async () => {
    for (const [entries, words] of [
      [[file('proc')], /a file in place of the folder \/proc/],
      [[link('proc', 'app')], /a link in place of the folder \/proc/],
      [[file('etc')], /a file in place of the folder \/etc/],
      [[link('etc', '/host/etc')], /a link in place of the folder \/etc/],
      [[link('dev', 'app')], /a link in place of the folder \/dev/],
      [[file('sys')], /a file in place of the folder \/sys/],
      [[file('tmp')], /in place of the folder \/tmp/],
      [[link('output', '/output')], /in place of the folder \/output/],
      [[link('input', 'app/notes')], /in place of the folder \/input/],
      [[file('run')], /in place of the folder \/run/],
      [[folder('etc/hosts')], /in place of the file \/etc\/hosts/],
      [[link('etc/resolv.conf', 'resolv.conf')], /in place of the file \/etc\/resolv\.conf/],
      [[folder('etc/passwd')], /in place of the file \/etc\/passwd/],
    ] as const) {
      assert.match(await refusalOf({}, [...entries]), words);
    }
    assert.match(
      await refusalOf({}, [file('opt')], { mountPoints: ['/opt/algorithm'] }),
      /the folder \/opt\/algorithm/,
    );
    await accepted({}, [link('tmp', 'var/tmp'), link('output', 'app'), link('etc/resolv.conf', '../run/resolv.conf')]);
  });
});
