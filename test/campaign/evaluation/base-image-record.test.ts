import assert from 'node:assert/strict';
import { isProbeUseless } from '../../../src/campaign/evaluation/base-image-record.ts';

describe('a probe on a base image', () => {
  it('is in vain once ten on that base saturated, and not before', () => {
    assert.equal(isProbeUseless({ saturating: 9, measured: 0 }), false);
    assert.equal(isProbeUseless({ saturating: 10, measured: 0 }), true);
  });

  it('is never in vain where one did not saturate: there the submission decides', () => {
    assert.equal(isProbeUseless({ saturating: 99, measured: 1 }), false);
  });
});
