import assert from 'node:assert/strict';
import type { InstanceClass } from '../../../src/campaign/model/frozen-campaign.ts';
import { knowledgeOf, type Knowledge } from '../../../src/campaign/planning/knowledge.ts';
import { unknownsOf } from '../../../src/campaign/planning/unknowns.ts';
import { caseCampaign, c4, g4, limits, p3 } from '../samples.ts';

const uncertaintyOf = (
  knowledge: Knowledge,
  submissions: number,
  instanceClasses: InstanceClass[] = [g4, p3],
): string => unknownsOf({ ...caseCampaign(), instanceClasses }, knowledge, submissions).join('\n');

/** A pilot with this number of submissions, all successful. */
const piloted = (count: number): Knowledge => {
  const one = {
    usesGpu: true,
    gpuMemoryMiB: 1,
    hostMemoryMiB: 1,
    startUpSeconds: 0,
    secondsPerItem: 1,
    cpuSecondsPerItem: 1,
    spread: 0,
    end: 'predictions',
  } as const;
  const sample = new Map(Array.from({ length: count }, (_, n) => [`s${n}`, one]));
  return { kind: 'pilot', sample, speeds: {}, startUpSeconds: 0, missing: [] };
};

describe('the stated uncertainty of a plan', () => {
  it('is how much a small pilot may miss: 90 % with one submission, 21 % with ten, nothing with all', () => {
    assert.match(uncertaintyOf(piloted(1), 40), /measured: 1 submission of 40 .* fewer than 90 % of all/);
    assert.match(uncertaintyOf(piloted(10), 40), /measured: 10 submissions of 40 .* fewer than 21 % of all/);
    assert.match(uncertaintyOf(piloted(40), 40), /measured: all 40 submissions ran in the pilot/);
  });

  it('is that no submission is assumed to fail by itself, if only the file is known', () => {
    const known = knowledgeOf({ runtimeSeconds: 60, on: g4.name }, limits, [g4, p3]);
    assert.match(uncertaintyOf(known, 40), /no submission is assumed to fail by its own error/);
    assert.doesNotMatch(uncertaintyOf(piloted(10), 40), /own error/);
  });

  it('is whether work for a GPU runs without one, if only CPU classes are left', () => {
    const known = knowledgeOf({ runtimeSeconds: 60, on: g4.name }, limits, [g4, c4]);
    assert.match(uncertaintyOf(known, 40, [c4]), /every submission is assumed to work without a GPU/);
    assert.doesNotMatch(uncertaintyOf(known, 40, [g4, c4]), /assumed to work without a GPU/);
  });

  it('is which of three GPUs is assumed to be large enough', () => {
    const third = { ...p3, name: 'third', gpuMemoryMiB: 32_000 };
    const known = knowledgeOf({ runtimeSeconds: 60, on: g4.name }, limits, [g4, p3, third]);
    assert.match(uncertaintyOf(known, 40, [g4, p3, third]), /assumed to fit the second size/);
  });
});
