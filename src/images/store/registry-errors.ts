/** Whether skopeo 1.9 reports that a registry has no such image. "denied" does not count: that may be our credentials. */
export const isUnknownToRegistry = (detail: string): boolean =>
  /manifest unknown|name unknown|blob unknown|repository name not known to registry|from registry 404/i.test(detail);

/** Messages of registries and skopeo, including Docker Hub, ECR and Google. "denied" at the end is a file's permission. */
const wantsCredentials =
  /\bunauthorized\b|\bdenied: |authentication required|no basic auth credentials|insufficient_scope|registry 40[13]\b/i;

/** Why a registry did not deliver an image: skopeo's words, or a plain sentence when credentials are missing. */
export function whyNot(image: string, detail: string): string {
  if (!wantsCredentials.test(detail)) return detail;
  const [, host = 'HOST'] = /^docker:\/\/([^/]+)\//.exec(image) ?? [];
  return `the registry wants credentials, or has no such image. Check the name, or run "skopeo login ${host}" where the workers run.`;
}
