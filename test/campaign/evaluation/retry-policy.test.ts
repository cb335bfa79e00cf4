import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { evaluationOptions } from '../../../src/campaign/evaluation/class-choice.ts';
import {
  afterFailedProbe,
  reasonWithoutClassLeft,
  nextAfterFailure,
  noRetries,
  type FailedRun,
  type AfterFailure,
  type RetryCounts,
} from '../../../src/campaign/evaluation/retry-policy.ts';
import { unknownNeeds, type Needs } from '../../../src/campaign/evaluation/needs.ts';
import { responsibleParties, type Reason } from '../../../src/campaign/model/reasons.ts';
import { containerMemoryMiB, wallClockSeconds } from '../../../src/campaign/model/run-limits.ts';
import type { InstanceClass } from '../../../src/campaign/model/frozen-campaign.ts';
import { c4, classes, g4, limits, p3, probed } from '../samples.ts';

const reasons = Object.keys(responsibleParties) as Reason[];
const ofFault = (fault: string): Reason[] => reasons.filter((reason) => responsibleParties[reason] === fault);
const failed = (reason: Reason, change: Partial<FailedRun> = {}): FailedRun => ({
  reason,
  rule: reason === 'time-limit' ? 'time-limit' : 'exit-code',
  instanceClass: g4,
  memoryLimitMiB: 14_336,
  ...change,
});
const after = (run: FailedRun, counts: Partial<RetryCounts> = {}, needs: Needs = unknownNeeds): AfterFailure =>
  nextAfterFailure(run, needs, { ...noRetries, ...counts }, { classes, limits, testItems: 10 });
/** The profile of a submission whose test set takes a number of seconds on a class. */
const taking = (seconds: number, instanceClass: InstanceClass = g4): Needs =>
  probed({ secondsPerItem: seconds / 10, measuredAtSpeed: instanceClass.relativeSpeed });

describe('the retry policy', () => {
  it('retries out of GPU memory on a larger device, charged', () => {
    assert.deepEqual(after(failed('gpu-out-of-memory')), {
      kind: 'again',
      needs: { ...unknownNeeds, gpuMemoryAboveMiB: 15_109 },
      counts: { attempts: 1, platformRuns: 0, doubted: false },
    });
  });

  it('ends after the last attempt: three attempts are three runs', () => {
    assert.equal(after(failed('gpu-out-of-memory'), { attempts: 1 }).kind, 'again');
    assert.deepEqual(after(failed('gpu-out-of-memory'), { attempts: 2 }), { kind: 'end', reason: 'gpu-out-of-memory' });
  });

  it('retries platform faults uncharged, up to the limit', () => {
    for (const reason of ofFault('platform')) {
      assert.deepEqual(after(failed(reason), { attempts: 2, platformRuns: 4 }), {
        kind: 'again',
        needs: unknownNeeds,
        counts: { attempts: 2, platformRuns: 5, doubted: false },
      });
      assert.deepEqual(after(failed(reason), { platformRuns: 5 }), { kind: 'end', reason });
    }
  });

  it('retries with more memory, uncharged, if the container had less than promised', () => {
    const run = failed('host-out-of-memory', { memoryLimitMiB: 14_335 });
    assert.deepEqual(after(run, { attempts: 2 }), {
      kind: 'again',
      needs: { ...unknownNeeds, memoryAboveMiB: 14_335 },
      counts: { attempts: 2, platformRuns: 0, doubted: false },
    });
  });

  it('ends if all the promised memory was not enough', () => {
    assert.deepEqual(after(failed('host-out-of-memory')), { kind: 'end', reason: 'host-out-of-memory' });
    const unknown = failed('host-out-of-memory', { memoryLimitMiB: null });
    assert.deepEqual(after(unknown), { kind: 'end', reason: 'host-out-of-memory' });
  });

  it('retries an unexplained kill once, charged', () => {
    const killed = failed('submission-error', { rule: 'killed-unexplained' });
    const move = after(killed);
    assert.deepEqual(move, {
      kind: 'again',
      needs: unknownNeeds,
      counts: { attempts: 1, platformRuns: 0, doubted: true },
    });
    assert.deepEqual(after(killed, { attempts: 1, doubted: true }), { kind: 'end', reason: 'submission-error' });
  });

  it('retries an unexplained failure on a full device once on a larger one, charged', () => {
    const wordless = failed('submission-error', { rule: 'gpu-full-without-words' });
    const move = after(wordless);
    assert.deepEqual(move, {
      kind: 'again',
      needs: { ...unknownNeeds, gpuMemoryAboveMiB: 15_109 },
      counts: { attempts: 1, platformRuns: 0, doubted: true },
    });
    const final: AfterFailure = { kind: 'end', reason: 'submission-error' };
    const third = { ...p3, name: 'third', gpuMemoryMiB: 40_000 };
    const rules = { classes: [g4, p3, third], limits, testItems: 10 };
    assert.equal(nextAfterFailure({ ...wordless, instanceClass: p3 }, unknownNeeds, noRetries, rules).kind, 'again');
    const again = move.kind === 'again' ? move : assert.fail();
    assert.deepEqual(
      nextAfterFailure({ ...wordless, instanceClass: p3 }, again.needs, again.counts, rules),
      final,
      'no third',
    );
    assert.deepEqual(after({ ...wordless, instanceClass: p3 }), final, 'none is larger');
    assert.deepEqual(after(wordless, { attempts: 2 }), final, 'never more than promised');
    assert.deepEqual(afterFailedProbe(wordless, unknownNeeds), unknownNeeds, 'a failed probe raises no need');
  });

  it('retries a time limit that the probe predicted to be close once, charged, on every class', () => {
    for (const instanceClass of classes) {
      const limit = wallClockSeconds(limits, instanceClass, classes);
      const cutOff = failed('time-limit', { instanceClass });
      const within = taking(limit * 0.99, instanceClass);
      assert.deepEqual(after(cutOff, {}, within), {
        kind: 'again',
        needs: within,
        counts: { attempts: 1, platformRuns: 0, doubted: true },
      });
      const final: AfterFailure = { kind: 'end', reason: 'time-limit' };
      assert.deepEqual(after(cutOff, { attempts: 1, doubted: true }, within), final, 'one more, not two');
      assert.deepEqual(after(cutOff, { attempts: 2 }, within), final, 'never more than promised');
      assert.deepEqual(
        after(cutOff, {}, taking(limit * 1.01, instanceClass)),
        final,
        'it was too slow in the probe already',
      );
      assert.deepEqual(
        after(cutOff, {}, taking(limit * 0.49, instanceClass)),
        final,
        'no chance makes it twice as long',
      );
    }
  });

  it('retries full shared memory once with more, charged, if there is more', () => {
    const full = failed('submission-error', { rule: 'shared-memory-text' });
    const move = after(full);
    assert.deepEqual(move, {
      kind: 'again',
      needs: { ...unknownNeeds, moreSharedMemory: true },
      counts: { attempts: 1, platformRuns: 0, doubted: false },
    });
    const final: AfterFailure = { kind: 'end', reason: 'submission-error' };
    assert.deepEqual(after(full, { attempts: 1 }, { ...unknownNeeds, moreSharedMemory: true }), final);
    assert.deepEqual(after(full, { attempts: 2 }), final);
    const all = { ...limits, sharedMemoryMiB: 14_336 };
    assert.deepEqual(nextAfterFailure(full, unknownNeeds, noRetries, { classes, limits: all, testItems: 10 }), final);
    assert.equal(afterFailedProbe(full, unknownNeeds).moreSharedMemory, true, 'the probe teaches it too');
  });

  it('ends after every other failure', () => {
    const final = [...ofFault('team'), ...ofFault('operator')].filter((reason) => reason !== 'gpu-out-of-memory');
    for (const reason of final) assert.deepEqual(after(failed(reason)), { kind: 'end', reason });
  });

  it('keeps earlier needs', () => {
    const known = { ...unknownNeeds, gpuMemoryAboveMiB: 16_160, memoryAboveMiB: 8_192 };
    const move = after(failed('gpu-out-of-memory', { instanceClass: g4 }), {}, known);
    assert.deepEqual(move.kind === 'again' && move.needs, known);
  });

  it('never lowers a known need', () => {
    const known = { ...unknownNeeds, memoryAboveMiB: 9_000 };
    const move = after(failed('host-out-of-memory', { memoryLimitMiB: 8_192 }), {}, known);
    assert.deepEqual(move.kind === 'again' && move.needs.memoryAboveMiB, 9_000);
  });

  it('never repeats a class that ran out of GPU memory, whoever chooses', () => {
    const row = fc.record({
      kind: fc.constantFrom('gpu' as const, 'gpu' as const, 'cpu' as const),
      gpuMemoryMiB: fc.constantFrom(8_000, 15_109, 16_160, 24_000),
      memoryMiB: fc.constantFrom(8_704, 15_000, 60_000),
      microUsdPerHour: fc.integer({ min: 1, max: 9 }),
    });
    const rows = fc.array(row, { minLength: 1, maxLength: 6 }).map((some) =>
      some.map(({ kind, gpuMemoryMiB, ...rest }, place): InstanceClass => {
        const base = { ...(kind === 'gpu' ? { ...g4, gpuMemoryMiB } : c4), ...rest };
        return { ...base, name: `class-${place}` };
      }),
    );
    const ends = fc.infiniteStream(fc.constantFrom(...reasons, 'gpu-out-of-memory', 'host-out-of-memory'));
    const generous = { ...limits, attempts: 99, platformRuns: 3, wallClockOn: 'class-0' };
    fc.assert(
      fc.property(rows, ends, fc.infiniteStream(fc.nat(9)), (among, ended, choices) => {
        const rules = { classes: among, limits: generous, testItems: 10 };
        let [needs, counts]: [Needs, RetryCounts] = [unknownNeeds, noRetries];
        let tooSmall = 0;
        const most = 1 + 3 + 2 * among.length;
        for (let run = 1; run <= most; run += 1) {
          const options = evaluationOptions(rules, needs, rules.testItems);
          const { class: name } = options[choices.next().value % Math.max(1, options.length)] ?? {};
          if (name === undefined) return;
          const instanceClass = among.find((candidate) => candidate.name === name) ?? assert.fail();
          assert.ok(tooSmall === 0 || (instanceClass.gpuMemoryMiB ?? 0) > tooSmall, 'a device that was too small');
          const reason: Reason = ended.next().value;
          const memoryLimitMiB = containerMemoryMiB(generous, instanceClass);
          const move = nextAfterFailure(failed(reason, { instanceClass, memoryLimitMiB }), needs, counts, rules);
          if (move.kind === 'end') return;
          if (reason === 'gpu-out-of-memory') tooSmall = Math.max(tooSmall, instanceClass.gpuMemoryMiB ?? 0);
          ({ needs, counts } = move);
        }
        assert.fail('it never ended');
      }),
    );
  });

  it('blames the platform if no class has the promised memory', () => {
    const small = { ...g4, memoryMiB: 8_704 };
    const among = [small, c4];
    const move = after(
      failed('host-out-of-memory', { instanceClass: small, memoryLimitMiB: containerMemoryMiB(limits, small) }),
    );
    assert.equal(move.kind, 'again');
    const needs = move.kind === 'again' ? move.needs : assert.fail();
    assert.deepEqual(evaluationOptions({ classes: among, limits }, needs, 10), []);
    assert.equal(reasonWithoutClassLeft('host-out-of-memory'), 'unplaceable');
    assert.equal(reasonWithoutClassLeft('gpu-out-of-memory'), 'gpu-out-of-memory');
  });

  it('evaluates after every failed probe, on a larger class if there is one', () => {
    const largest = { ...p3, gpuMemoryMiB: 99_999 };
    for (const reason of reasons) {
      for (const among of [classes, [g4], [largest, g4]]) {
        const instanceClass = among === classes ? g4 : (among[0] ?? assert.fail());
        const needs = afterFailedProbe(failed(reason, { instanceClass }), unknownNeeds);
        const [option] = evaluationOptions({ classes: among, limits }, needs, 10);
        assert.ok(option, `${reason} on ${instanceClass.name}`);
        if (reason === 'gpu-out-of-memory' && among === classes) assert.equal(option.class, p3.name);
      }
    }
  });

  it('always ends within the promised attempts and platform runs', () => {
    const small = { ...g4, name: 'small', memoryMiB: 8_704, gpuMemoryMiB: 8_000, microUsdPerHour: 1 };
    const among = [small, ...classes];
    const rules = { classes: among, limits, testItems: 10 };
    const rulesOfEnds = fc.constantFrom(
      'killed-unexplained',
      'gpu-full-without-words',
      'shared-memory-text',
      'time-limit',
      'exit-code',
    );
    fc.assert(
      fc.property(fc.infiniteStream(fc.constantFrom(...reasons)), fc.infiniteStream(rulesOfEnds), (stream, ends) => {
        let [needs, counts]: [Needs, RetryCounts] = [taking(1), noRetries];
        const most = limits.attempts + limits.platformRuns + among.length;
        for (let run = 1; run <= most; run += 1) {
          const [option] = evaluationOptions(rules, needs, rules.testItems);
          if (option === undefined) return;
          const instanceClass = among.find(({ name }) => name === option.class) ?? p3;
          const reason: Reason = stream.next().value;
          const memoryLimitMiB = containerMemoryMiB(limits, instanceClass);
          const move = nextAfterFailure(
            failed(reason, { rule: ends.next().value, instanceClass, memoryLimitMiB }),
            needs,
            counts,
            rules,
          );
          if (move.kind === 'end') {
            assert.equal(move.reason, reason);
            return;
          }
          assert.ok(move.counts.attempts < limits.attempts && move.counts.platformRuns <= limits.platformRuns);
          if (responsibleParties[reason] === 'platform') assert.equal(move.counts.attempts, counts.attempts);
          ({ needs, counts } = move);
        }
        assert.fail('it never ended');
      }),
    );
  });
});
