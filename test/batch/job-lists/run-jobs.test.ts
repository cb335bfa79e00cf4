import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { jobNameOf } from '../../../src/batch/job-name.ts';

describe('the Batch job name of a run', () => {
  it('is ho- and sha256(runKey) in hex, as coreutils computes it', () => {
    // printf %s RUNKEY | sha256sum
    assert.equal(jobNameOf('case/s-1/1'), 'ho-13463d44979906f2fc9277f5123ece2432cd767b0010725df8940c3dd9b60c6d');
    assert.equal(
      jobNameOf('deepfake-final/team-42.v2/17'),
      'ho-48f48ba29625c38a03649210cf1a85ad1c2c097f777791e55738bc497ac4a9ad',
    );
  });

  it('is a name that Batch accepts and that has one case only', () => {
    fc.assert(fc.property(fc.string(), (runKey) => /^ho-[a-z0-9]{1,125}$/.test(jobNameOf(runKey))));
  });

  it('differs from run to run', () => {
    const names = new Set(Array.from({ length: 2_000 }, (_, n) => jobNameOf(`case/s/${n}`)));
    assert.equal(names.size, 2_000);
  });
});
