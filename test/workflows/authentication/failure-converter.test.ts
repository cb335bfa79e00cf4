import assert from 'node:assert/strict';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import { failureConverter } from '../../../src/workflows/authentication/failure-converter.ts';
import { setSealed } from '../../../src/workflows/authentication/sealed.ts';

describe('the failure of a workflow', () => {
  after(() => setSealed({}));

  const converted = () => {
    const error = ApplicationFailure.nonRetryable('canary of a workflow', 'REFUSED');
    return failureConverter.errorToFailure(error, defaultPayloadConverter);
  };

  it('has its text in a payload, which the codec seals, if the workflow is sealed', () => {
    setSealed({ sealed: true });
    const { message, stackTrace, encodedAttributes } = converted();
    assert.equal(message, 'Encoded failure');
    assert.equal(stackTrace, '');
    assert.match(Buffer.from(encodedAttributes?.data ?? []).toString(), /canary of a workflow/);
  });

  it('has its text as it is in a workflow from before', () => {
    setSealed({});
    assert.equal(converted().message, 'canary of a workflow');
  });
});
