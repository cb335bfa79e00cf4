import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isolationKey } from '../../../src/runner/isolation/isolation-key.ts';
import type { EngineSettings } from '../../../src/runner/runner-settings.ts';

describe('the key of an isolation drill', () => {
  const limits = { wallClockSeconds: 30, memoryMiB: 64, pids: 64, outputBytes: 2 ** 20, sharedMemoryMiB: 16 };
  const instanceClass = { name: 'isolation', gpu: 'none', gpuMemoryMiB: 0, vcpus: 1 } as const;
  const keyOf = (engine: Partial<EngineSettings> = {}, changed: Partial<typeof limits> = {}): Promise<string> =>
    isolationKey(
      { name: 'podman', command: ['podman', '--root=/a'], runFlags: ['--ulimit=core=0'], ...engine },
      { runKey: 'c/s/1', instanceClass, limits: { ...limits, ...changed } },
    );

  it('is the same for all homes of a host', async () => {
    const other = { command: ['podman', '--root=/b', '--runroot=/c'], runFlags: ['--label=x=y', '--ulimit=core=0'] };
    assert.equal(await keyOf(other), await keyOf());
  });

  it('changes with the engine, its flags and the limits', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdout-key-'));
    const program = join(folder, 'podman');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
    const keys = [
      await keyOf(),
      await keyOf({ command: ['podman', '--runtime=runc'] }),
      await keyOf({ runFlags: [] }),
      await keyOf({}, { pids: 65 }),
      await keyOf({ command: [program] }),
    ];
    writeFileSync(program, '#!/bin/sh\nexec podman "$@"\n');
    keys.push(await keyOf({ command: [program] }));
    rmSync(folder, { recursive: true });
    assert.equal(new Set(keys).size, keys.length);
  });
});
