import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { evaluationOptions, unknownNeeds, type Needs } from '../../src/campaign/class-choice.ts';
import { moveAfter, noTries, type FailedRun, type Move, type Tries } from '../../src/campaign/ladder.ts';
import { reasonFaults, type Reason } from '../../src/campaign/reasons.ts';
import { containerMemoryMiB } from '../../src/campaign/run-limits.ts';
import { classes, g4, limits, p3 } from './samples.ts';

const reasons = Object.keys(reasonFaults) as Reason[];
const ofFault = (fault: string): Reason[] => reasons.filter((reason) => reasonFaults[reason] === fault);
const failed = (reason: Reason, change: Partial<FailedRun> = {}): FailedRun => ({
  reason,
  doubtful: false,
  on: g4,
  memoryLimitMiB: 14_336,
  ...change,
});
const after = (run: FailedRun, tries: Partial<Tries> = {}, needs: Needs = unknownNeeds): Move =>
  moveAfter(run, needs, { ...noTries, ...tries }, limits);

describe('what follows a failed run', () => {
  it('is a larger device after out of GPU memory, charged to the team', () => {
    assert.deepEqual(after(failed('gpu-out-of-memory')), {
      kind: 'again',
      needs: { gpuMemoryAboveMiB: 15_109, memoryAboveMiB: 0 },
      tries: { attempts: 1, platformRuns: 0, doubted: false },
    });
  });

  it('is the end at the last attempt: three attempts are three runs', () => {
    assert.equal(after(failed('gpu-out-of-memory'), { attempts: 1 }).kind, 'again');
    assert.deepEqual(after(failed('gpu-out-of-memory'), { attempts: 2 }), { kind: 'end', reason: 'gpu-out-of-memory' });
  });

  it('is another run without charge after the platform’s faults, as often as promised', () => {
    for (const reason of ofFault('platform')) {
      assert.deepEqual(after(failed(reason), { attempts: 2, platformRuns: 4 }), {
        kind: 'again',
        needs: unknownNeeds,
        tries: { attempts: 2, platformRuns: 5, doubted: false },
      });
      assert.deepEqual(after(failed(reason), { platformRuns: 5 }), { kind: 'end', reason });
    }
  });

  it('is a class with more memory without charge when the container had less than was promised', () => {
    const run = failed('host-out-of-memory', { memoryLimitMiB: 14_335 });
    assert.deepEqual(after(run, { attempts: 2 }), {
      kind: 'again',
      needs: { gpuMemoryAboveMiB: 0, memoryAboveMiB: 14_335 },
      tries: { attempts: 2, platformRuns: 0, doubted: false },
    });
  });

  it('is the end when all the promised memory was not enough', () => {
    assert.deepEqual(after(failed('host-out-of-memory')), { kind: 'end', reason: 'host-out-of-memory' });
    const unknown = failed('host-out-of-memory', { memoryLimitMiB: null });
    assert.deepEqual(after(unknown), { kind: 'end', reason: 'host-out-of-memory' });
  });

  it('is one more run, charged, for a kill that nobody explains', () => {
    const doubtful = failed('submission-error', { doubtful: true });
    const move = after(doubtful);
    assert.deepEqual(move, {
      kind: 'again',
      needs: unknownNeeds,
      tries: { attempts: 1, platformRuns: 0, doubted: true },
    });
    assert.deepEqual(after(doubtful, { attempts: 1, doubted: true }), { kind: 'end', reason: 'submission-error' });
  });

  it('is the end after everything else', () => {
    const final = [...ofFault('team'), ...ofFault('operator')].filter((reason) => reason !== 'gpu-out-of-memory');
    for (const reason of final) assert.deepEqual(after(failed(reason)), { kind: 'end', reason });
  });

  it('keeps what was learnt before', () => {
    const known = { gpuMemoryAboveMiB: 16_160, memoryAboveMiB: 8_192 };
    const move = after(failed('gpu-out-of-memory', { on: g4 }), {}, known);
    assert.deepEqual(move.kind === 'again' && move.needs, known);
  });

  it('never loses a step back: a smaller limit does not undo a larger one', () => {
    const known = { gpuMemoryAboveMiB: 0, memoryAboveMiB: 9_000 };
    const move = after(failed('host-out-of-memory', { memoryLimitMiB: 8_192 }), {}, known);
    assert.deepEqual(move.kind === 'again' && move.needs.memoryAboveMiB, 9_000);
  });

  it('comes to an end whatever happens, within the promised attempts and platform runs', () => {
    const small = { ...g4, name: 'small', memoryMiB: 8_704, gpuMemoryMiB: 8_000, microUsdPerHour: 1 };
    const among = [small, ...classes];
    fc.assert(
      fc.property(fc.infiniteStream(fc.constantFrom(...reasons)), fc.infiniteStream(fc.boolean()), (stream, doubts) => {
        let [needs, tries]: [Needs, Tries] = [unknownNeeds, noTries];
        const most = limits.attempts + limits.platformRuns + among.length;
        for (let run = 1; run <= most; run += 1) {
          const [option] = evaluationOptions({ classes: among, limits }, needs, 10);
          if (option === undefined) return;
          const on = among.find(({ name }) => name === option.class) ?? p3;
          const reason: Reason = stream.next().value;
          const memoryLimitMiB = containerMemoryMiB(limits, on);
          const move = moveAfter({ reason, doubtful: doubts.next().value, on, memoryLimitMiB }, needs, tries, limits);
          if (move.kind === 'end') {
            assert.equal(move.reason, reason);
            return;
          }
          assert.ok(move.tries.attempts < limits.attempts && move.tries.platformRuns <= limits.platformRuns);
          if (reasonFaults[reason] === 'platform') assert.equal(move.tries.attempts, tries.attempts);
          ({ needs, tries } = move);
        }
        assert.fail('it never ended');
      }),
    );
  });
});
