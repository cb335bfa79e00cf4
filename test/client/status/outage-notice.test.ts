import assert from 'node:assert/strict';
import { OutageNotice } from '../../../src/client/status/outage-notice.ts';

describe('the silence of a campaign', () => {
  it('is not spoken of while a worker may be restarting', () => {
    const silence = new OutageNotice(0);
    assert.equal(silence.unheard(29_000, 'away'), undefined);
    silence.heard(29_500);
    assert.equal(silence.unheard(59_000, 'away'), undefined);
  });

  it('is spoken of with its length and cause, and not at every look', () => {
    const silence = new OutageNotice(1_000);
    assert.match(silence.unheard(46_000, 'no worker polls') ?? '', /for 45 s \(no worker polls\)/);
    assert.equal(silence.unheard(47_000, 'no worker polls'), undefined);
    assert.match(silence.unheard(346_000, 'no worker polls') ?? '', /for 345 s/);
  });
});
