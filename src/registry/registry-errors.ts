import { ecrHostOf, hostOf } from './ecr-host.ts';

/**
 * What a failure of a registry means:
 * - `login-expired`: a new login helps;
 * - `unknown`: the registry has no such image, repository or layer;
 * - `tag-taken`: the tag exists and may not be moved;
 * - `passing`: the same request may succeed a moment later;
 * - `denied`: login or rights are missing. Only a person can help;
 * - `other`: none of these, such as an unreachable host, a certificate or a full disk.
 */
export type RegistryFailure = 'login-expired' | 'unknown' | 'tag-taken' | 'passing' | 'denied' | 'other';

/**
 * Messages of skopeo, docker and registries, by the first row that matches. "denied" as an answer to an unknown image (Docker
 * Hub, docker with "may require 'docker login'") counts as `denied`: it may as well be our login.
 *
 * Sources: containers/image docker/docker_client.go and errors.go, moby distribution/errors.go, containerd
 * remotes/docker/resolver.go; wording seen in the issues named in test/registry/registry-errors.test.ts.
 */
const rows: readonly (readonly [RegistryFailure, RegExp])[] = [
  // ECR, 12 hours after GetAuthorizationToken; "security token …": S3 behind it, when the role's own credentials ran out.
  ['login-expired', /authorization token has expired|security token included in the request is expired/i],
  ['tag-taken', /cannot be overwritten because the (?:tag|repository) is immutable/i],
  [
    'unknown',
    /manifest unknown|name unknown|blob unknown|repository name not known to registry|from registry 404|failed to resolve reference .*: not found$/im,
  ],
  // ECR and Docker Hub limit the rate of requests with 429; skopeo's own retry does not know it (containers/common#2494).
  ['passing', /toomanyrequests|too many requests|rate exceeded|\b429\b/i],
  ['passing', /\b5\d\d \(?(?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out)|HTTP 5\d\d\b/i],
  ['passing', /\bEOF\b|TLS handshake timeout|i\/o timeout|connection reset by peer|broken pipe|stream error/i],
  [
    'passing',
    /Client\.Timeout exceeded|timeout awaiting response headers|context deadline exceeded|server misbehaving/i,
  ],
  // "denied" at the end of a line is a file's permission.
  [
    'denied',
    /\bunauthorized\b|\bdenied: |authentication required|no basic auth credentials|insufficient_scope|requested access to the resource is denied|not authorized to perform|\b40[13] (?:Unauthorized|Forbidden)|registry 40[13]\b/i,
  ],
];

/** Classifies the message of a failed copy, pull or inspection. */
export const registryFailure = (message: string): RegistryFailure =>
  rows.find(([, pattern]) => pattern.test(message))?.[0] ?? 'other';

/** Why a registry did not deliver or take an image: its own words, and what to do when a login or a right is missing. */
export function whyNot(image: string, message: string): string {
  if (registryFailure(message) !== 'denied') return message;
  const host = hostOf(image) ?? 'HOST';
  if (ecrHostOf(host) !== undefined) {
    return `${message}: check the rights of this role on the repository (docs/aws/ecr.md lists them)`;
  }
  return `the registry requires credentials or has no such image. Check the name, or run "skopeo login ${host}" on the workers' machines.`;
}

/**
 * Removes query strings from the URLs of a message. Registries redirect to storage by URLs with a signature, which is a
 * credential, and Go programs print the whole URL of a request that failed.
 */
export const withoutSignatures = (message: string): string =>
  message.replaceAll(/(https?:\/\/[^\s"?]+)\?[^\s"]*/g, '$1?…');
