import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { buildExample } from '../../examples/spliced-clips/build.ts';
import { checkCampaign } from '../../src/intake/check-campaign.ts';
import { buildTimeout, builtExample, needsExample } from './spliced-clips-rig.ts';
import { worstCostMicroUsd } from '../../src/campaign/model/money.ts';

async function digests(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const digest = async (file: string): Promise<string> =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await digest(file)] as const)));
}

describe('building the example', () => {
  needsExample();

  it('makes a valid campaign with twelve submissions of eight teams', async () => {
    const { submissions } = await checkCampaign(join(await builtExample(), 'campaign.yaml'), new Date());
    assert.equal(submissions.length, 12);
    assert.equal(new Set(submissions.map(({ team }) => team)).size, 8);
  });

  it('sets a budget that covers the worst case on every slot at once, besides the share for reruns', async () => {
    const checked = await checkCampaign(join(await builtExample(), 'campaign.yaml'), new Date());
    const { budget, instanceClasses, limits } = checked;
    const worst = instanceClasses.map((on) => on.slots * worstCostMicroUsd(limits, on, instanceClasses));
    const reserved = worst.reduce((sum, cost) => sum + cost, 0);
    assert.ok(reserved < budget.microUsd * (1 - budget.rerunReserveShare), `${reserved} micro-dollars`);
  });

  it('returns a finished folder at once, unchanged', async () => {
    const folder = await builtExample();
    const before = await stat(join(folder, 'images/coin-toss.tar'));
    const started = performance.now();
    assert.equal(await buildExample(folder, assert.fail), join(folder, 'campaign.yaml'));
    assert.ok(performance.now() - started < 200);
    assert.equal((await stat(join(folder, 'images/coin-toss.tar'))).mtimeMs, before.mtimeMs);
  });

  it('rewrites an unfinished folder, byte for byte the same, and says what it does', async function () {
    this.timeout(buildTimeout);
    const folder = await builtExample();
    const before = await digests(folder);
    await rm(join(folder, '.recipe'));
    await truncate(join(folder, 'images/big-model.tar'), 1000);
    const lines: string[] = [];
    await buildExample(folder, (line) => lines.push(line));
    assert.deepEqual(await digests(folder), before);
    assert.equal(lines.filter((line) => /about \d+ s/.test(line)).length, 3);
  });
});
