/** An AWS error response: the HTTP status, the type in `x-amzn-errortype`, the message in the body. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  constructor(
    readonly type: string,
    readonly status: number,
    message: string,
    /** Whether AWS wraps the message in its sentence about the request; see {@link messageFor}. */
    readonly isWrapped = false,
  ) {
    super(message);
  }
}

/** The caller's fault, told in one sentence: 400, and 404 for unknown queues, definitions and resources. */
export const clientException = (message: string, status: 400 | 404 | 413 = 400): AwsError =>
  new AwsError('ClientException', status, message);

/** A request that Batch read and refused: 400. */
export const refusal = (message: string): AwsError => new AwsError('ClientException', 400, message, true);

/** The message as AWS sends it, for example "Error executing request, Exception : vCPU is not provided., RequestId: …". */
export const messageFor = ({ message, isWrapped }: AwsError, requestId: string): string =>
  isWrapped ? `Error executing request, Exception : ${message}, RequestId: ${requestId}` : message;
