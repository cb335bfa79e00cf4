import assert from 'node:assert/strict';
import { canaryVerdict } from '../../../src/campaign/evaluation/canary-verdict.ts';
import { adviceOn } from '../../../src/campaign/explanation/platform-advice.ts';
import { controls, type CanaryOutcome } from '../../../src/campaign/model/canary.ts';

const held = { holds: true, found: 'refused' };
const good: CanaryOutcome = {
  version: 1,
  runKey: 'case/_canary-g4/1',
  jobId: 'job',
  startedAt: '2026-01-01T00:00:00.000Z',
  stoppedAt: '2026-01-01T00:00:20.000Z',
  controls: controls.map((control) => ({ control, ...held })),
  device: held,
};
const gpu = { kind: 'gpu' } as const;
const cpu = { kind: 'cpu' } as const;

describe('the verdict on a canary', () => {
  it('holds if every control and the device check hold; a class without a GPU needs no device check', () => {
    assert.deepEqual(canaryVerdict(good, gpu), { kind: 'holds' });
    assert.deepEqual(canaryVerdict({ ...good, device: null }, cpu), { kind: 'holds' });
  });

  it('names every part that does not hold or was not checked, with what was found and an advice', () => {
    for (const broken of controls) {
      const outcome = (checks: CanaryOutcome['controls']) => canaryVerdict({ ...good, controls: checks }, gpu);
      const without = good.controls.filter(({ control }) => control !== broken);
      const opposite = { control: broken, holds: false, found: 'it\nwas possible' };
      const found = outcome([...without, opposite]);
      const missing = outcome(without);
      assert.deepEqual(found, { kind: 'broken', words: `${broken} does not hold (it was possible)` });
      assert.deepEqual(missing, { kind: 'broken', words: `${broken} was not checked` });
      assert.equal(outcome([...good.controls, opposite]).kind, 'broken', 'one of two checks');
      for (const verdict of [found, missing]) {
        assert.equal(verdict.kind === 'broken' && adviceOn(verdict.words)?.lasts, true, broken);
      }
    }
    const device = { holds: false, found: 'the container sees no device' };
    for (const on of [gpu, cpu]) {
      const verdict = canaryVerdict({ ...good, device }, on);
      assert.deepEqual(verdict, { kind: 'broken', words: 'device does not hold (the container sees no device)' });
    }
    assert.deepEqual(canaryVerdict({ ...good, device: null }, gpu), {
      kind: 'broken',
      words: 'device was not checked',
    });
  });

  it('fits on a screen, whatever was found', () => {
    const endless = good.controls.map(({ control }) => ({ control, holds: false, found: 'x'.repeat(10_000) }));
    const verdict = canaryVerdict({ ...good, controls: endless }, gpu);
    assert.ok(verdict.kind === 'broken' && verdict.words.length <= 600);
  });
});
