import assert from 'node:assert/strict';
import { cleanEnvironment } from '../../src/runner/clean-environment.ts';

describe('the environment of a submission', () => {
  it('has a PATH and HOME even when the image sets nothing', () => {
    const { variables, refused } = cleanEnvironment([], {});
    assert.deepEqual(Object.keys(variables), ['PATH', 'HOME']);
    assert.equal(variables['HOME'], '/tmp');
    assert.deepEqual(refused, []);
  });

  it('keeps what the image sets, with any value, and leaves out what steers loaders, hooks and clients', () => {
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
    assert.deepEqual(refused, ['LD_PRELOAD', 'NVIDIA_REQUIRE_CUDA', 'AWS_PROFILE', 'GCONV_PATH', 'HOLDOUT_X']);
  });

  it('says what Holdout tells, whatever the image says', () => {
    const { variables, refused } = cleanEnvironment(['HOLDOUT_INPUT=/x', 'HOME=/x'], { HOLDOUT_INPUT: '/input' });
    assert.deepEqual([variables['HOLDOUT_INPUT'], variables['HOME'], refused], ['/input', '/tmp', []]);
  });
});
