/** Whether skopeo 1.9 says that a registry has no such image. A registry that hides what it has says "denied"; that may be our credentials. */
export const isUnknownToRegistry = (detail: string): boolean =>
  /manifest unknown|name unknown|blob unknown|repository name not known to registry|from registry 404/i.test(detail);

/** As registries and skopeo say it, with Docker Hub's, ECR's and Google's own words. A file that may not be opened ends with "denied". */
const wantsCredentials =
  /\bunauthorized\b|\bdenied: |authentication required|no basic auth credentials|insufficient_scope|registry 40[13]\b/i;

/** Why a registry did not hand an image over: skopeo's words, or a plain sentence where it only wants credentials. */
export function whyNot(image: string, detail: string): string {
  if (!wantsCredentials.test(detail)) return detail;
  const [, host = 'HOST'] = /^docker:\/\/([^/]+)\//.exec(image) ?? [];
  return `the registry wants credentials, or has no such image. Check the name, or run "skopeo login ${host}" where the workers run.`;
}
