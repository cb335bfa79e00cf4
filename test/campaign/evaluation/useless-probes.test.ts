import assert from 'node:assert/strict';
import { isProbeUseless } from '../../../src/campaign/evaluation/useless-probes.ts';

describe('a probe on a base image', () => {
  it('is useless after ten saturating probes of that base, and not before', () => {
    assert.equal(isProbeUseless({ saturating: 9, measured: 0 }), false);
    assert.equal(isProbeUseless({ saturating: 10, measured: 0 }), true);
  });

  it('is always useful if one probe did not saturate', () => {
    assert.equal(isProbeUseless({ saturating: 99, measured: 1 }), false);
  });
});
