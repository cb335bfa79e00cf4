import assert from 'node:assert/strict';
import { OutageNotice } from '../../../src/client/watch/outage-notice.ts';

describe('an outage notice', () => {
  it('is not due while a worker may be restarting', () => {
    const notice = new OutageNotice(0);
    assert.equal(notice.unanswered(29_000, 'away'), undefined);
    notice.answered(29_500);
    assert.equal(notice.unanswered(59_000, 'away'), undefined);
  });

  it('gives duration and cause, and is not repeated at every poll', () => {
    const notice = new OutageNotice(1_000);
    assert.match(notice.unanswered(46_000, 'no worker polls') ?? '', /for 45 s \(no worker polls\)/);
    assert.equal(notice.unanswered(47_000, 'no worker polls'), undefined);
    assert.match(notice.unanswered(346_000, 'no worker polls') ?? '', /for 345 s/);
  });
});
