/** An AWS error response: the HTTP status, the type in `x-amzn-errortype`, the message in the body. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  constructor(
    readonly type: string,
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The caller's fault: AWS responds with 400, and 404 for unknown queues, definitions and resources. */
export const clientException = (message: string, status: 400 | 404 | 413 = 400): AwsError =>
  new AwsError('ClientException', status, message);
