import assert from 'node:assert/strict';
import { knownFaults } from '../../../src/campaign/explanation/platform-advice.ts';
import { faultCause } from '../../../src/campaign/evaluation/fault-cause.ts';

describe('the cause of a fault', () => {
  const same = (one: string, other: string): void => assert.equal(faultCause(one), faultCause(other));

  it('is equal for equal faults of any machine, run, folder and time', () => {
    same(
      'Host i-0a1b2c3d4e5f60718 lost: arn:aws:batch:eu-west-1:123456789012:job/1 at 2026-11-29T07:00:00Z',
      'Host i-ffffffffffffffff0 lost: arn:aws:batch:us-east-1:000000000000:job/2 at 2026-11-30T17:01:02.5Z',
    );
    same(
      'CannotPullContainerError: pull 3f2504e0-4f89-11d3-9a0c-0305e82c3301 sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f901',
      'CannotPullContainerError: pull 6ba7b810-9dad-11d1-80b4-00c04fd430c8 sha256:ffffffff4e5f60718293a4b5c6d7e8f900',
    );
    same('lstat /run/holdout/run-17/layer: no such file', 'lstat /run/holdout/run-18/deep/er/layer: no such file');
    same('dial tcp 10.0.0.1:443: refused', 'dial tcp 10.0.255.3:8443: refused');
    assert.equal(faultCause('copying alpha-1 of case', ['case', 'alpha-1']), 'copying … of …');
  });

  it('keeps the words of Batch on a job that it cannot place', () => {
    for (const { example } of knownFaults.filter((one) => one.example.startsWith('MISCONFIGURATION:'))) {
      assert.equal(faultCause(example), example);
    }
  });

  it('differs for different faults', () => {
    const faults = [
      'Task failed to start: CannotPullContainerError: repository does not exist',
      'Task failed to start: ResourceInitializationError: unable to pull secrets',
      'Essential container in task exited: exit code 1',
      'Essential container in task exited: exit code 125',
      'no space left on device',
      'permission denied',
    ];
    assert.equal(new Set(faults.map((fault) => faultCause(fault))).size, faults.length);
  });

  it('is one short printable line for any message', () => {
    const cause = faultCause(`\u001b[31mred\u0007\n\tline\u2028 \u202e${'x '.repeat(100_000)}`);
    assert.match(cause, /^\[31mred line x x/);
    assert.equal(Array.from(cause).length, 200);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(cause, /[\u0000-\u001f\u2028\u202e]/);
  });
});
