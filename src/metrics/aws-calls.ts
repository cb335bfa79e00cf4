/** What became of one attempt of a call: `answered` includes refusals such as a missing object. */
export type CallResult = 'answered' | 'throttled' | 'failed';

/** Learns of every attempt of every call. `operation`: such as `SubmitJob`. */
export type OnCall = (service: 'batch' | 's3', operation: string, result: CallResult) => void;

/** The result of an attempt with this HTTP status and, unless it succeeded, this error; no status: there was no response. */
export function callResult(status: number | undefined, error = ''): CallResult {
  if (status === 429 || /throttl|toomanyrequests|limitexceeded|slowdown/i.test(error)) return 'throttled';
  return status === undefined || status >= 500 ? 'failed' : 'answered';
}

interface Failure {
  name?: string;
  $metadata?: { httpStatusCode?: number };
}

/** The result of an attempt that the AWS SDK says has failed. */
function failedCallResult(error: unknown): CallResult {
  const { name, $metadata } = (error ?? {}) as Failure;
  return callResult($metadata?.httpStatusCode, name);
}

type Next<Call, Result> = (call: Call) => Promise<Result>;

/** A middleware of the AWS SDK that reports every attempt; its place is {@link beforeSigning}. */
export const observed =
  (service: Parameters<OnCall>[0], onCall: OnCall) =>
  <Call, Result>(next: Next<Call, Result>, { commandName = '' }: { commandName?: string }): Next<Call, Result> =>
  async (call) => {
    const operation = commandName.replace(/Command$/, '');
    try {
      const result = await next(call);
      onCall(service, operation, 'answered');
      return result;
    } catch (error) {
      onCall(service, operation, failedCallResult(error));
      throw error;
    }
  };

/** The SDK repeats what is here for every attempt. */
export const beforeSigning = {
  name: 'holdoutCallResults',
  relation: 'before',
  toMiddleware: 'httpSigningMiddleware',
} as const;
