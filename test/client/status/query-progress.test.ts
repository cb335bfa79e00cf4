import assert from 'node:assert/strict';
import { ServiceError } from '@temporalio/client';
import { isUnanswered } from '../../../src/client/status/query-progress.ts';

describe('a query that fails', () => {
  const fails = (code: number, details: string): ServiceError =>
    new ServiceError('Failed to query Workflow', {
      cause: Object.assign(new Error(details), { code, details, metadata: {} }),
    });

  it('was not answered in time, whoever notices that first', () => {
    assert.ok(isUnanswered(fails(4, 'Deadline exceeded after 5.0s')), 'the client');
    assert.ok(isUnanswered(fails(1, 'Call cancelled')), 'the server, whose RST_STREAM arrives first');
  });

  it('was refused otherwise', () => {
    assert.equal(isUnanswered(fails(7, 'Request unauthorized.')), false);
    assert.equal(isUnanswered(new Error('a fault of ours')), false);
  });
});
