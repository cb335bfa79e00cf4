import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { jobNameOf } from '../../src/batch/job-name.ts';

describe('the Batch job name of a run', () => {
  it('is ho- and 40 characters of base32(sha256(runKey)), as coreutils computes it', () => {
    // printf %s RUNKEY | openssl dgst -sha256 -binary | base32 -w0 | head -c 40 | tr A-Z a-z
    assert.equal(jobNameOf('case/s-1/1'), 'ho-cndd2rextedpf7eso72repwoeqzm25t3aaihexpy');
    assert.equal(jobNameOf('deepfake-final/team-42.v2/17'), 'ho-jd2ixiuwexbyua3esiim6gufvuocycl7o53zdzkx');
  });

  it('is a name that Batch takes, whose case does not matter', () => {
    fc.assert(fc.property(fc.string(), (runKey) => /^ho-[a-z2-7]{40}$/.test(jobNameOf(runKey))));
  });

  it('differs from run to run', () => {
    const names = new Set(Array.from({ length: 2_000 }, (_, n) => jobNameOf(`case/s/${n}`)));
    assert.equal(names.size, 2_000);
  });
});
