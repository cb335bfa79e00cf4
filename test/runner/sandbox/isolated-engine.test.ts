import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isolatedEngine } from '../../../src/runner/sandbox/isolated-engine.ts';

describe('the engine of a class with gVisor', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-runsc-'));
  const { PATH } = process.env;
  after(() => {
    process.env['PATH'] = PATH;
    rmSync(folder, { recursive: true });
  });

  const script = (name: string, body: string): string => {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return file;
  };
  const podman = { name: 'podman', command: ['podman', '--root=/x'], runFlags: ['--ulimit=nofile=1:1'] } as const;
  const podmanSettings = { ...podman, command: [...podman.command], runFlags: [...podman.runFlags] };
  const dockerWith = (runtimes: object) => ({
    name: 'docker' as const,
    command: [script('docker', `echo '${JSON.stringify(runtimes)}'`)],
    runFlags: [],
  });

  it('is the usual one for a class that wants no gVisor', async () => {
    assert.deepEqual(await isolatedEngine(podmanSettings, undefined), podmanSettings);
  });

  it('runs every container with runsc, without a network of the host: podman', async () => {
    process.env['PATH'] = '/nonexistent';
    await assert.rejects(isolatedEngine(podmanSettings, 'gvisor'), { code: 'RUNTIME_MISSING' });
    process.env['PATH'] = `${folder}:${PATH}`;
    const program = script('runsc', 'exit 0');
    const { command } = await isolatedEngine(podmanSettings, 'gvisor');
    assert.deepEqual(command, [...podman.command, `--runtime=${program}`, '--runtime-flag=network=none']);
  });

  it('runs every container with runsc, which docker must know: docker', async () => {
    const { runFlags } = await isolatedEngine(dockerWith({ runc: {}, runsc: {} }), 'gvisor');
    assert.deepEqual(runFlags, ['--runtime=runsc']);
    await assert.rejects(isolatedEngine(dockerWith({ runc: {} }), 'gvisor'), { code: 'RUNTIME_MISSING' });
  });
});
