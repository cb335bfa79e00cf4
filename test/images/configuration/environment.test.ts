import assert from 'node:assert/strict';
import { acceptedEnvironment } from '../../../src/images/configuration/environment.ts';

describe('the environment of an image', () => {
  it('has no variables of the loader, hooks or Holdout', () => {
    const { lines, withheld } = acceptedEnvironment([
      'PATH=/bin',
      'LD_PRELOAD=/x.so',
      'LD_LIBRARY_PATH=/usr/local/cuda/lib64:/opt/conda/lib',
      'PYTHONPATH=/app',
      'LIBRARY_PATH=/usr/lib',
      'CUDA_VISIBLE_DEVICES=0',
      'NVIDIA_VISIBLE_DEVICES=all',
      'AWS_ACCESS_KEY_ID=x',
      'HOLDOUT_INPUT=/x',
      'GCONV_PATH=/x',
      'GLIBC_TUNABLES=x',
      'TWICE=1',
      'TWICE=2',
      'LINES=a\nb',
      'EMPTY=',
      '=C',
      'NOTHING',
      '',
      ' LD_PRELOAD=/x.so',
      '\tNVIDIA_VISIBLE_DEVICES=all',
      'LD_PRELOAD =x',
      'A-B=1',
      'ü=1',
    ]);
    assert.deepEqual(lines, [
      'PATH=/bin',
      'LD_LIBRARY_PATH=/usr/local/cuda/lib64:/opt/conda/lib',
      'PYTHONPATH=/app',
      'LIBRARY_PATH=/usr/lib',
      'CUDA_VISIBLE_DEVICES=0',
      'TWICE=2',
      'LINES=a\nb',
      'EMPTY=',
    ]);
    assert.deepEqual(withheld, [
      'environment variable LD_PRELOAD',
      'environment variable NVIDIA_VISIBLE_DEVICES',
      'environment variable AWS_ACCESS_KEY_ID',
      'environment variable HOLDOUT_INPUT',
      'environment variable GCONV_PATH',
      'environment variable GLIBC_TUNABLES',
      '8 environment variables without a valid name',
    ]);
    const many = acceptedEnvironment(Array.from({ length: 30 }, (_, n) => `LD_${'X'.repeat(100)}${n}=1`));
    assert.equal(many.withheld.length, 11);
    assert.ok(many.withheld.every((words) => words.length <= 70));
    assert.equal(many.withheld.at(-1), '20 more environment variables');
  });

  it('has no folder in LD_LIBRARY_PATH that a hook could use on the host', () => {
    for (const unsafe of [
      '.',
      'lib',
      '$ORIGIN/lib',
      '/opt/${LIB}',
      '/opt/../proc/self/cwd',
      '/proc/self/cwd',
      '/./proc/self/cwd',
      '//tmp/x',
      '/tmp',
      '/var/lib',
      '/run/x',
      '/dev/shm',
      '/sys',
      '/etc/x',
      '/input',
      '/output/x',
    ]) {
      const { lines, withheld } = acceptedEnvironment([`LD_LIBRARY_PATH=/opt/lib:${unsafe};/usr/lib:`]);
      assert.deepEqual(lines, ['LD_LIBRARY_PATH=/opt/lib:/usr/lib'], unsafe);
      assert.deepEqual(withheld, ['1 of the folders in LD_LIBRARY_PATH'], unsafe);
    }
    assert.deepEqual(acceptedEnvironment(['LD_LIBRARY_PATH=:']).lines, []);
  });
});
