/** A private registry of ECR, from its host name. */
export interface EcrHost {
  host: string;
  account: string;
  region: string;
  /** Its API has to be called at the FIPS endpoint too. */
  isFips: boolean;
}

/**
 * Host names of private registries (https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html and
 * ecr-requests.html): commercial, GovCloud, China, European Sovereign Cloud; FIPS; dual stack. The whole name has to match:
 * a login is sent to no other host.
 */
const pattern =
  /^(?<account>\d{12})\.dkr[.-]ecr(?<fips>-fips)?\.(?<region>[a-z]{2,4}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn)$/;

/** Undefined when the host is no private registry of ECR. */
export function ecrHostOf(host: string): EcrHost | undefined {
  const { account, fips, region } = pattern.exec(host)?.groups ?? {};
  if (account === undefined || region === undefined) return undefined;
  return { host, account, region, isFips: fips !== undefined };
}

/** The host (and port) of a `docker://` reference, or of one without that prefix that names a host; undefined for others. */
export const hostOf = (reference: string): string | undefined =>
  /^(?:docker:\/\/)?([^/\s:]+(?::\d+)?)\//.exec(reference)?.[1];
