import { controlsOf } from '../control.ts';

const privateHome = ['test/local/stack/home/private-home.test.ts'];
const stack = ['test/local/stack/stack.test.ts'];
const rights = ['test/local/stack/environments-and-rights.test.ts'];
const runFolder = ['test/runner/sandbox/other-runs.test.ts'];
const forOwner = 'readable only by their owner';
// Some of these tests need what others of them wrote.
const once = ' lets ';
const published = 'lets the worker replace';

const fileModes = [
  ...controlsOf('src/runner/submission-run.ts', runFolder, [
    ['a folder of a run for root alone', '{ recursive: true, mode: 0o700 }', '{ recursive: true }'],
  ]),
  ...controlsOf('src/runner/stage/stage-inputs.ts', runFolder, [
    [
      'staged inputs for root and runs alone',
      "join(partial, 'files'), { recursive: true, mode: 0o700 }",
      "join(partial, 'files'), { recursive: true }",
    ],
  ]),
  ...controlsOf(
    'src/runner/preflight/check-disk.ts',
    ['test/runner/preflight/check-disk.test.ts'],
    [['a folder of all runs for root alone', '{ recursive: true, mode: 0o700 }', '{ recursive: true }']],
  ),
  ...controlsOf(
    'src/runner/sandbox/lock.ts',
    ['test/runner/sandbox/lock.test.ts'],
    [
      ['locks that other users cannot take', "open(file, 'a', 0o600)", "open(file, 'a')"],
      ['a folder of locks for root alone', '{ recursive: true, mode: 0o700 }', '{ recursive: true }'],
    ],
  ),
  ...controlsOf(
    'src/client/verification/kept-summary.ts',
    ['test/client/verification/kept-summary.test.ts'],
    [
      ['summaries for their owner alone', 'const mode = 0o600;', 'const mode = 0o644;'],
      ['a folder of summaries for its owner alone', '{ recursive: true, mode: 0o700 }', '{ recursive: true }'],
    ],
  ),
  ...controlsOf(
    'src/client/verification/record-key.ts',
    ['test/client/verification/kept-summary.test.ts'],
    [['no signature with another key than the campaign’s', 'return pemOf(key) === publicKey ? ', 'return true ? ']],
  ),
  ...controlsOf(
    'src/client/status/result-files.ts',
    ['test/client/status/result-files.test.ts'],
    [
      ['reports for their owner alone', 'const mode = 0o600;', 'const mode = 0o644;'],
      ['a folder of reports for its owner alone', '{ recursive: true, mode: 0o700 }', '{ recursive: true }'],
    ],
  ),
  ...controlsOf(
    'src/client/unseal/unseal.ts',
    ['test/client/unseal/unseal.test.ts'],
    [
      [
        'an opened file for its owner alone',
        "{ flags: 'wx', mode: 0o600 }",
        "{ flags: 'wx' }",
        'shows the log of the newest|into a new file',
      ],
    ],
  ),
  ...controlsOf('src/local/stack/users.ts', stack, [
    [
      'a list of users of the stack for its owner alone',
      '{ recursive: true, mode: 0o700 }',
      '{ recursive: true }',
      forOwner,
    ],
  ]),
  ...controlsOf('src/local/stack/parts/temporal.ts', stack, [
    [
      'a note of the server’s version for its owner alone',
      '`${temporalServerVersion}\\n`, { mode: 0o600 })',
      '`${temporalServerVersion}\\n`)',
      forOwner,
    ],
  ]),
];

/** Modes of files, rights of keys, and addresses on which programs listen. */
export const permissionControls = [
  ...fileModes,
  ...controlsOf('src/local/stack/home/private-home.ts', privateHome, [
    ['a home for its owner alone', 'mkdirSync(home, { mode: 0o700 });', 'mkdirSync(home);'],
    ['an older home that is closed again', '  chmodSync(home, 0o700);\n', ''],
    ['files of an older home that are closed again', 'if (isOpen) chmodSync(path, found.mode & 0o700);', ''],
    ['folders of an older home that are closed with their content', 'readdirSync(path) : [];', '[] : [];'],
    ['no files of others closed through a link', 'lstatSync(path, { throwIfNoEntry', 'statSync(path, { throwIfNoEntry'],
    ['no open home with other files', "if (!found.includes('credentials.json') && ", 'if (false && '],
  ]),
  ...controlsOf('src/local/stack/home/home.ts', privateHome, [
    ['folders of a home for its owner alone', 'recursive: true, mode: 0o700', 'recursive: true'],
  ]),
  ...controlsOf(
    'src/local/stack/home/short-paths.ts',
    ['test/local/stack/home/short-paths.test.ts'],
    [
      ['no short path of another user', ' || found.uid !== process.geteuid?.()', ''],
      ['a short path for its owner alone', 'if ((found.mode & 0o077) !== 0) chmodSync(folder, 0o700);', ''],
    ],
  ),
  ...controlsOf(
    'src/local/stack/parts/s3.ts',
    ['test/local/stack/parts/s3.test.ts'],
    [
      ['objects for their owner alone', "      '--file-perms=0600',\n", ''],
      ['folders of objects for their owner alone', "      '--dir-perms=0700',\n", ''],
      [
        'a folder of objects for its owner alone',
        'mkdirSync(home.s3, { recursive: true, mode: 0o700 })',
        'mkdirSync(home.s3, { recursive: true })',
      ],
    ],
  ),
  ...controlsOf('src/local/stack/parts/part.ts', stack, [
    [
      'files of keys for their owner alone',
      'writeFileSync(file, content, { mode: 0o600 });',
      'writeFileSync(file, content);',
      forOwner,
    ],
  ]),
  ...controlsOf('src/local/stack/parts/part-log.ts', stack, [
    ['logs of the parts for their owner alone', "openSync(log, 'a', 0o600)", "openSync(log, 'a')", forOwner],
  ]),
  ...controlsOf('src/local/json-file.ts', stack, [
    ['files of the stack for their owner alone', '{ mode: 0o600, flush: durable }', '{ flush: durable }', forOwner],
  ]),
  ...controlsOf(
    'src/local/batch-endpoint/start-up-file.ts',
    ['test/local/batch-endpoint/start.test.ts'],
    [
      [
        'a Batch endpoint for this machine alone',
        "host: z.enum(['127.0.0.1', 'localhost', '::1'])",
        'host: z.string()',
      ],
    ],
  ),
  ...controlsOf(
    'src/local/batch-endpoint/api/requests/fields.ts',
    ['test/local/batch-endpoint/refusals.test.ts'],
    [
      [
        'no variable in a job but its run key',
        'variables.every(({ name }) => name === runKeyVariable)',
        'variables !== undefined',
        'but the run key',
      ],
      ['no variable of Batch’s own in a definition', '/^(?!AWS_BATCH)/', '/^/', 'but the run key'],
    ],
  ),
  ...controlsOf(
    'src/local/batch-endpoint/executors/process-executor.ts',
    ['test/local/batch-endpoint/endpoint.test.ts'],
    [
      [
        'no variables of the definition for a runner on this machine',
        '      ...this.environment,\n      ...(runKey',
        '      ...this.environment,\n      ...Object.fromEntries((detail.container.environment ?? []).map(({ name, value }) => [name ?? "", value])),\n      ...(runKey',
      ],
      [
        'no variables of the endpoint for a runner',
        '      ...this.environment,\n      ...(runKey',
        '      ...process.env,\n      ...this.environment,\n      ...(runKey',
      ],
    ],
  ),
  ...controlsOf('src/local/stack/parts/s3.ts', rights, [
    ['objects that are written once', 'if (writtenOnce[which]) await lockObjects(client, bucket);', '', once],
    [
      'locks that outlast a campaign',
      "const DefaultRetention = { Mode: 'GOVERNANCE', Years: 100 } as const;",
      "const DefaultRetention = { Mode: 'GOVERNANCE', Days: 1 } as const;",
      'locks objects',
    ],
  ]),
  ...controlsOf('src/s3/bucket-rights.ts', rights, [
    ['runs that are written once', '  runs: [],\n  results: [', '  results: [', once],
    [
      'records that are written once',
      "{ keys: '*/leaderboard.csv', by: 'worker' }",
      "{ keys: '*', by: 'worker' }",
      once,
    ],
    [
      'a manifest that only the operator replaces',
      "manifest.json', by: 'operator'",
      "manifest.json', by: 'worker'",
      published,
    ],
    [
      'no locks of a worker’s own',
      "writeRights = ['s3:PutObject', ",
      "writeRights = ['s3:PutObject', 's3:PutObjectRetention', ",
      once,
    ],
    ['no removal', "writeRights = ['s3:PutObject', ", "writeRights = ['s3:PutObject', 's3:DeleteObject', ", published],
    [
      'no list of inputs for the runner',
      "{ to: 'runner', actions: ['s3:GetObject'] },",
      "{ to: 'runner', actions: readRights },",
      'lets the runner read',
    ],
    [
      'no outcome of others for the runner',
      "actions: ['s3:GetObject'], keys: '*/spec.json'",
      "actions: ['s3:GetObject'], keys: '*'",
      'lets the runner read',
    ],
    [
      'no images for the scorer',
      "images: [{ to: 'worker', actions: readRights }]",
      "images: [{ to: 'worker', actions: readRights }, { to: 'scorer', actions: readRights }]",
      'lets only the scorer read labels',
    ],
  ]),
  ...controlsOf('src/local/stack/parts/environment.ts', rights, [
    [
      'no key of the root account for workers',
      'awsEnvironment(credentials[account]',
      'awsEnvironment(credentials.root',
      'their own keys',
    ],
    [
      'no AWS variables of the terminal',
      'if (/^(?:AWS|TEMPORAL)_/.test(name)) delete',
      'if (/^(?:TEMPORAL)_/.test(name)) delete',
      'replaces the terminal',
    ],
    [
      'no Temporal variables of the terminal',
      'if (/^(?:AWS|TEMPORAL)_/.test(name)) delete',
      'if (/^(?:AWS)_/.test(name)) delete',
      'replaces the terminal',
    ],
    [
      'no variables of the terminal for the parts',
      '=> ({\n  PATH:',
      '=> ({\n  ...(process.env as Record<string, string>),\n  PATH:',
      'their own keys',
    ],
    ['no key of the Batch endpoint for the scorer', "...(account !== 'scorer' && {\n", '...({\n', 'their own keys'],
  ]),
  ...controlsOf(
    'src/private-file.ts',
    ['test/private-file.test.ts'],
    [
      [
        'no file of secrets of another user',
        'if (uid !== self && self !== 0) throw',
        'if (false) throw',
        'another user',
      ],
      ['a folder of secrets for its owner alone', 'recursive: true, mode: 0o700', 'recursive: true'],
    ],
  ),
  ...controlsOf(
    'src/registry/at-registry.ts',
    ['test/registry/at-registry.test.ts'],
    [
      ['a login to a registry for its owner alone', "{ mode: 0o600, flag: 'wx' }", "{ flag: 'wx' }"],
      ['no login that outlasts its command', 'await rm(own, { recursive: true, force: true });', ''],
    ],
  ),
  ...controlsOf(
    'src/runner/isolation/passed-drills.ts',
    ['test/runner/isolation/passed-drills.test.ts'],
    [
      ['no note of another user that isolation held', 'return found.uid === process.getuid?.() && ', 'return '],
      ['no note that others can write', ' && (found.mode & writableByOthers) === 0', ''],
      ['no link to a note', 'await lstat(path)', "await (await import('node:fs/promises')).stat(path)"],
      ['notes for root alone', 'contentOf(key), { mode: 0o600 }', 'contentOf(key)'],
      ['a folder of notes for root alone', '{ recursive: true, mode: 0o700 }', '{ recursive: true }'],
      ['no note of another drill', " && (await readFile(file, 'utf8')) === contentOf(key)", ''],
    ],
  ),
];
