/** Whether skopeo 1.9 says that a registry has no such image. A registry that hides what it has says "denied"; that may be our credentials. */
export const isUnknownToRegistry = (detail: string): boolean =>
  /manifest unknown|name unknown|blob unknown|repository name not known to registry|from registry 404/i.test(detail);
