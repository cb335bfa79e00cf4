import { libraryPath } from './library-path.ts';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Names that a shell can set. Engines trim blanks and expand wildcards in other names, which would evade the list below. */
const shellName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Names that control the loader, the GPU hooks, the AWS clients or Holdout itself; never taken from an image. */
const forbidden = /^(?:(?:LD|NVIDIA|AWS|HOLDOUT)_|GCONV_PATH$)/;

/** Bytes of all variables together, and of one: the kernel accepts no single string beyond 128 KiB. */
const [maxBytes, maxVariableBytes] = [131_072, 32_768];

/** Names of withheld variables that an outcome has at most; an image may set any number. */
export const maxWithheld = 50;

export interface CleanEnvironment {
  /** The variables of the submission, complete. */
  variables: Record<string, string>;
  /** Names that the image sets and the submission does not get. */
  refused: string[];
  /** True if the kernel would start no program with it. */
  isTooLarge: boolean;
}

/**
 * The environment of a submission: the image's harmless variables, PATH, HOME and Holdout's own variables. Of the image's
 * LD_LIBRARY_PATH, only folders of the image remain, none below `hostFolders`.
 */
export function cleanEnvironment(
  imageEnvironment: readonly string[],
  ownVariables: Record<string, string>,
  hostFolders: readonly string[] = [],
): CleanEnvironment {
  const ofImage = imageEnvironment.map((line) => {
    const [name = ''] = line.split('=', 1);
    return { name, value: line.slice(name.length + 1), isSet: line.length > name.length };
  });
  const harmless = ofImage.filter(
    ({ name, value, isSet }) => isSet && shellName.test(name) && !forbidden.test(name) && !value.includes('\0'),
  );
  const libraries = libraryPath(ofImage.findLast(({ name }) => name === 'LD_LIBRARY_PATH')?.value ?? '', hostFolders);
  const variables = {
    PATH: defaultPath,
    ...Object.fromEntries(harmless.map(({ name, value }) => [name, value])),
    ...(libraries !== '' && { LD_LIBRARY_PATH: libraries }),
    HOME: '/tmp',
    ...ownVariables,
  };
  const refused = ofImage.map(({ name }) => name).filter((name) => !Object.hasOwn(variables, name));
  const sizes = Object.entries(variables).map(([name, value]) => Buffer.byteLength(`${name}=${value}`) + 1);
  return {
    variables,
    refused: [...new Set(refused)],
    isTooLarge: Math.max(...sizes) > maxVariableBytes || sizes.reduce((sum, size) => sum + size, 0) > maxBytes,
  };
}
