/** What an error of an AWS call means for the person who runs the command. */
export type AwsErrorKind =
  | { kind: 'key'; why: string }
  | { kind: 'denied' }
  | { kind: 'skewed' }
  /** The thing is in another region than the one that the request was signed for. */
  | { kind: 'elsewhere'; region: string }
  | { kind: 'missing' }
  /** No service answered. */
  | { kind: 'unreachable' }
  | { kind: 'other' };

/** The names that services give to the same fault; S3, STS, and JSON services differ. */
const keyFaults: readonly (readonly [RegExp, string])[] = [
  // XAdminUserNotFound: versitygw.
  [/^(InvalidAccessKeyId|InvalidClientTokenId|UnrecognizedClientException|XAdminUserNotFound)$/, 'is not known'],
  [
    /^(SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature|AuthorizationHeaderMalformed)$/,
    'does not fit its secret',
  ],
  [/^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired|RequestExpired)$/, 'has expired'],
  [/^InvalidToken$/, 'has a wrong session token'],
];

/** Classifies an error of the SDK by its name and HTTP status. */
export function awsErrorKind(error: unknown): AwsErrorKind {
  if (!(error instanceof Error)) return { kind: 'other' };
  const region = regionNamed(error);
  if (region !== undefined) return { kind: 'elsewhere', region };
  const why = keyFaults.find(([names]) => names.test(error.name))?.[1];
  if (why !== undefined) return { kind: 'key', why };
  if (/^(RequestTimeTooSkewed|RequestInTheFuture)$/.test(error.name)) return { kind: 'skewed' };
  if (/AccessDenied|Unauthorized|NotAuthorized|^Forbidden$/.test(error.name)) return { kind: 'denied' };
  if (/^(NoSuch|NotFound)|NotFoundException$/.test(error.name)) return { kind: 'missing' };
  const status = statusOf(error);
  if (status === undefined) return { kind: 'unreachable' };
  return status === 403 ? { kind: 'denied' } : { kind: 'other' };
}

/** The region that S3 wants: `the region 'eu-west-1' is wrong; expecting 'us-east-1'`, as a field too. */
function regionNamed(error: Error): string | undefined {
  const { Region: region } = error as { Region?: unknown };
  return error.name === 'AuthorizationHeaderMalformed' && typeof region === 'string' && region !== ''
    ? region
    : undefined;
}

/** The HTTP status of a service's answer; undefined if none answered. */
export const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
