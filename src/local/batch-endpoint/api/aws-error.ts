/** An answer other than 200 on the AWS wire: the HTTP status, the type in `x-amzn-errortype`, the message in the body. */
export class AwsError extends Error {
  override readonly name = 'WireFault';
  constructor(
    readonly type: string,
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The caller's fault: AWS answers 400, and 404 for queues, definitions and resources that are not there. */
export const clientException = (message: string, status: 400 | 404 | 413 = 400): AwsError =>
  new AwsError('ClientException', status, message);
