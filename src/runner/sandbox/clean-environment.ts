import { libraryPath } from './library-path.ts';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a shell can set. Engines trim blanks and expand wildcards in other names, which would pass the list below. */
const sound = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Names that steer the loader, the GPU hooks, the AWS clients or Holdout itself, and never come from an image. */
const forbidden = /^(?:(?:LD|NVIDIA|AWS|HOLDOUT)_|GCONV_PATH$)/;

/** Bytes of all variables together, and of one: the kernel takes no single string beyond 128 KiB. */
const [mostBytes, longestVariable] = [131_072, 32_768];

export interface CleanEnvironment {
  /** The variables of the submission, complete. */
  variables: Record<string, string>;
  /** Names that the image sets and the submission must not see. */
  refused: string[];
  /** No program could be started with so much. */
  isTooLarge: boolean;
}

/**
 * The environment of a submission: the image's own harmless variables, PATH, HOME and what Holdout tells it. The image's
 * LD_LIBRARY_PATH stays as far as it names folders of the image, none below `hostFolders`. Pure.
 */
export function cleanEnvironment(
  imageEnvironment: readonly string[],
  told: Record<string, string>,
  hostFolders: readonly string[] = [],
): CleanEnvironment {
  const ofImage = imageEnvironment.map((line) => {
    const [name = ''] = line.split('=', 1);
    return { name, value: line.slice(name.length + 1), isSet: line.length > name.length };
  });
  const harmless = ofImage.filter(
    ({ name, value, isSet }) => isSet && sound.test(name) && !forbidden.test(name) && !value.includes('\0'),
  );
  const libraries = libraryPath(ofImage.findLast(({ name }) => name === 'LD_LIBRARY_PATH')?.value ?? '', hostFolders);
  const variables = {
    PATH: defaultPath,
    ...Object.fromEntries(harmless.map(({ name, value }) => [name, value])),
    ...(libraries !== '' && { LD_LIBRARY_PATH: libraries }),
    HOME: '/tmp',
    ...told,
  };
  const refused = ofImage.map(({ name }) => name).filter((name) => !Object.hasOwn(variables, name));
  const sizes = Object.entries(variables).map(([name, value]) => Buffer.byteLength(`${name}=${value}`) + 1);
  return {
    variables,
    refused: [...new Set(refused)],
    isTooLarge: Math.max(...sizes) > longestVariable || sizes.reduce((sum, size) => sum + size, 0) > mostBytes,
  };
}
