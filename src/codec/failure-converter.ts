import { DefaultFailureConverter } from '@temporalio/common';

/** For workers whose payloads are sealed: message and stack trace of an activity's failure become a payload. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
