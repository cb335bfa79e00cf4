import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryMeter } from '../../../src/runner/measure/memory-meter.ts';
import { memoryGroups } from '../../../src/runner/sandbox/cgroup.ts';
import { eventually } from '../../support/eventually.ts';

const id = '0f3c'.repeat(16);

describe('the meter of a container’s memory', () => {
  let root: string;
  let meter: MemoryMeter;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'holdout-groups-'));
    meter = new MemoryMeter(root);
    mkdirSync(join(root, 'system.slice/docker.service'), { recursive: true });
  });
  afterEach(() => {
    meter.close();
    rmSync(root, { recursive: true });
  });

  function record(group: string, bytes: number): void {
    mkdirSync(join(root, group), { recursive: true });
    writeFileSync(join(root, group, memoryGroups.peakFile), `${bytes}\n`);
  }
  const shows = (bytes: number): Promise<void> =>
    eventually(`a peak of ${bytes}, not ${meter.peakBytes}`, () => meter.peakBytes === bytes);

  // What engines and drivers make: systemd, cgroupfs, slices of a daemon's --cgroup-parent, podman.
  for (const group of [
    `system.slice/docker-${id}.scope`,
    `docker/${id}`,
    `a.slice/a-b.slice/a-b-c.slice/docker-${id}.scope`,
    `machine.slice/libpod-${id}.scope`,
  ]) {
    it(`reads the kernel’s record in ${group.replace(id, 'ID')}`, async () => {
      record(group, 5_000_000);
      meter.follow(id);
      await shows(5_000_000);
    });
  }

  it('waits for a group that is made later, and keeps its last peak when it goes', async () => {
    meter.follow(id);
    const group = `system.slice/docker-${id}.scope`;
    record(group, 1_000);
    await shows(1_000);
    record(group, 7_000);
    await shows(7_000);
    rmSync(join(root, 'system.slice'), { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(meter.peakBytes, 7_000);
  });

  it('knows no peak of a container without a group, or without the kernel’s record', async () => {
    record(`system.slice/docker-${id.replaceAll('0', '1')}.scope`, 9_000);
    mkdirSync(join(root, `docker/${id}`), { recursive: true });
    meter.follow(id);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(meter.peakBytes, null);
  });
});
