const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Names that steer the loader, the GPU hooks, the AWS clients or Holdout itself, and never come from an image. */
const forbidden = /^(?:(?:LD|NVIDIA|AWS|HOLDOUT)_|GCONV_PATH$)/;

export interface CleanEnvironment {
  /** The variables of the submission, complete. */
  variables: Record<string, string>;
  /** Names that the image sets and the submission must not see. */
  refused: string[];
}

/** The environment of a submission: the image's own harmless variables, PATH, HOME and what Holdout tells it. Pure. */
export function cleanEnvironment(imageEnvironment: string[], told: Record<string, string>): CleanEnvironment {
  const ofImage = imageEnvironment.flatMap((line) => {
    const equals = line.indexOf('=');
    return equals > 0 ? [[line.slice(0, equals), line.slice(equals + 1)] as const] : [];
  });
  const harmless = ofImage.filter(([name]) => !forbidden.test(name));
  const variables = { PATH: defaultPath, ...Object.fromEntries(harmless), HOME: '/tmp', ...told };
  const refused = ofImage.map(([name]) => name).filter((name) => !Object.hasOwn(variables, name));
  return { variables, refused: [...new Set(refused)] };
}
