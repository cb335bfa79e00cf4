import assert from 'node:assert/strict';
import { cleanEnvironment } from '../../../../src/runner/sandbox/environment/clean-environment.ts';

describe('the environment of a submission', () => {
  it('has PATH and HOME even if the image sets nothing', () => {
    const { variables, refused } = cleanEnvironment([], {});
    assert.deepEqual(Object.keys(variables), ['PATH', 'HOME']);
    assert.equal(variables['HOME'], '/tmp');
    assert.deepEqual(refused, []);
  });

  it('keeps the image’s variables, with any value, except those that control loaders, hooks and clients', () => {
    const harmless = ['PATH=/opt/bin', 'A=b=c', 'EMPTY=', 'LDFLAGS=-s', 'MY_AWS_KEY=1', 'TEXT=two\nlines'];
    const hostile = ['LD_PRELOAD=x', 'NVIDIA_REQUIRE_CUDA=x', 'AWS_PROFILE=x', 'GCONV_PATH=x', 'HOLDOUT_X=x'];
    const { variables, refused } = cleanEnvironment([...harmless, ...hostile, 'nonsense', '=x'], {});
    assert.deepEqual(variables, {
      PATH: '/opt/bin',
      A: 'b=c',
      EMPTY: '',
      LDFLAGS: '-s',
      MY_AWS_KEY: '1',
      TEXT: 'two\nlines',
      HOME: '/tmp',
    });
    const withheld = ['LD_PRELOAD', 'NVIDIA_REQUIRE_CUDA', 'AWS_PROFILE', 'GCONV_PATH', 'HOLDOUT_X', 'nonsense', ''];
    assert.deepEqual(refused, withheld);
  });

  it('drops names that an engine could read as another', () => {
    const names = [
      ' LD_PRELOAD',
      '\tAWS_PROFILE',
      'LD_PRELOAD ',
      'A*',
      '*',
      'Ä',
      '1A',
      'A-B',
      'A.B',
      'A\nLD_PRELOAD',
      'A\0',
    ];
    const { variables, refused } = cleanEnvironment([...names.map((name) => `${name}=x`), 'B=x\0y'], {});
    assert.deepEqual(Object.keys(variables), ['PATH', 'HOME']);
    assert.deepEqual(refused, [...names, 'B']);
  });

  const paths: [given: string, kept: string | undefined][] = [
    ['/usr/local/nvidia/lib:/usr/local/nvidia/lib64', '/usr/local/nvidia/lib:/usr/local/nvidia/lib64'],
    ['/opt/conda/lib//:/opt/./mcr/v99/runtime/glnxa64', '/opt/conda/lib:/opt/mcr/v99/runtime/glnxa64'],
    ['lib:.:/opt/lib:', '/opt/lib'],
    ['/opt/../proc/self/cwd:/opt/$ORIGIN/lib:/opt/${LIB}', undefined],
    ['/proc/self/cwd:/sys:/dev/shm:/run/x:/var/lib/x:/tmp:/etc:/input:/output/lib:/', undefined],
    ['//proc/self/cwd:/./tmp/x:/opt/a;/tmp', undefined],
    ['/home/h/.holdout/storage/x/lib:/home/h/.holdout/storage', undefined],
    ['/home/h/.holdout/storage2:/variable:/procedures', '/home/h/.holdout/storage2:/variable:/procedures'],
  ];
  for (const [given, kept] of paths) {
    it(`keeps of LD_LIBRARY_PATH=${given} ${kept ?? 'nothing'}`, () => {
      const clean = cleanEnvironment([`LD_LIBRARY_PATH=${given}`], {}, ['/home/h/.holdout/storage']);
      assert.equal(clean.variables['LD_LIBRARY_PATH'], kept);
      assert.deepEqual(clean.refused, kept === undefined ? ['LD_LIBRARY_PATH'] : []);
    });
  }

  it('is too large beyond 32 KiB in one variable or 128 KiB in all', () => {
    const isTooLarge = (...sizes: number[]): boolean =>
      cleanEnvironment(
        sizes.map((size, n) => `${n > 9 ? 'V' : 'W'}${n % 10}=${'ä'.repeat(size / 2)}`),
        {},
      ).isTooLarge;
    assert.deepEqual([isTooLarge(32_000), isTooLarge(33_000)], [false, true]);
    assert.deepEqual(
      [isTooLarge(...Array<number>(4).fill(32_000)), isTooLarge(...Array<number>(5).fill(32_000))],
      [false, true],
    );
  });

  it('has Holdout’s own variables, whatever the image sets', () => {
    const { variables, refused } = cleanEnvironment(['HOLDOUT_INPUT=/x', 'HOME=/x'], { HOLDOUT_INPUT: '/input' });
    assert.deepEqual([variables['HOLDOUT_INPUT'], variables['HOME'], refused], ['/input', '/tmp', []]);
  });
});
