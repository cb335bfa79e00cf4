// Bundles the programs into dist/; does nothing when no source has changed since the last build.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from './dependencies.mjs';
import { takeLock } from './lock.mjs';

const dist = join(projectRoot, 'dist');
const stamp = join(dist, '.sources');

/**
 * One bundle per program, packages included: finding, reading and compiling hundreds of files in node_modules takes as long
 * as the rest of a start. The client is split, so that a command loads only the code it uses. The worker leaves out the
 * `external` packages: they locate their native code and their threads' code by their own path.
 *
 * @type {({ name: string, entry: string } & Partial<import('esbuild').BuildOptions>)[]}
 */
const programs = [
  // A runner makes too few requests to load undici, which takes 0.6 MB (src/s3/small-object-connections.ts).
  { name: 'runner', entry: 'src/runner/main.ts', minify: true, external: ['undici'] },
  { name: 'check-gpu', entry: 'src/runner/check-gpu/main.ts', minify: true },
  { name: 'client', entry: 'src/client.ts', splitting: true },
  { name: 'worker', entry: 'src/worker.ts', external: ['@temporalio/*', 'pino'] },
  // Temporal loads it with `require`.
  {
    name: 'failure-converter',
    entry: 'src/codec/failure-converter.ts',
    external: ['@temporalio/*'],
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    banner: {},
  },
  { name: 'codec-server', entry: 'src/codec-server/main.ts' },
  // For scripts/replay.mjs.
  { name: 'codec', entry: 'src/codec/index.ts', external: ['@temporalio/*'] },
  { name: 'batch-endpoint', entry: 'src/local/batch-endpoint.ts' },
  { name: 'compose', entry: 'src/local/compose/main.ts' },
];

const banner = [
  // CommonJS packages call `require` inside an ES module.
  "import { createRequire as holdoutCreateRequire } from 'node:module';",
  'const require = holdoutCreateRequire(import.meta.url);',
  // The AWS SDK is pinned to a release that supports this Node; its warning about later releases does not apply.
  "process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';",
].join('\n');

/** @type {Promise<boolean> | undefined} */
let building;

/** Brings dist/ up to date. Returns true if it built, false if dist/ was fresh. Only one process builds at a time. */
export function build() {
  building ??= buildAlone().finally(() => {
    building = undefined;
  });
  return building;
}

async function buildAlone() {
  if (isFresh(hashOfSources())) return false;
  const release = takeLock(join(dist, '.build.lock'), (pid) =>
    process.stderr.write(`holdout: waiting for process ${pid}, which is building the programs\n`),
  );
  try {
    const sources = hashOfSources();
    return isFresh(sources) ? false : await buildFrom(sources);
  } finally {
    release();
  }
}

/** @param {string} sources */
const isFresh = (sources) => existsSync(stamp) && readFileSync(stamp, 'utf8') === sources;

/** @param {string} sources */
async function buildFrom(sources) {
  const { build: bundle } = await import('esbuild');
  mkdirSync(dist, { recursive: true });
  const before = Date.now();
  await Promise.all([...programs.map((program) => bundle(optionsOf(program))), bundleWorkflows()]);
  removeOldChunks(before);
  // Last, and atomically: an interrupted build is repeated.
  writeFileSync(`${stamp}.new`, sources);
  renameSync(`${stamp}.new`, stamp);
  return true;
}

/**
 * Removes chunks of earlier builds. A command that started a moment ago may still load some of them.
 *
 * @param {number} builtFrom
 */
function removeOldChunks(builtFrom) {
  const chunks = join(dist, 'chunks');
  for (const name of existsSync(chunks) ? readdirSync(chunks) : []) {
    if (statSync(join(chunks, name)).mtimeMs < builtFrom - 60_000) rmSync(join(chunks, name));
  }
}

/** Bundles the workflow code for the worker's sandbox, once instead of at every worker start. */
async function bundleWorkflows() {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(projectRoot, 'src/workflows/index.ts'),
    workflowInterceptorModules: [join(projectRoot, 'src/workflows/authentication/interceptors.ts')],
    failureConverterPath: join(projectRoot, 'src/workflows/authentication/failure-converter.ts'),
    logger: new DefaultLogger('WARN'),
  });
  writeFileSync(join(dist, 'workflows.js'), code);
}

/** @type {(program: (typeof programs)[number]) => import('esbuild').BuildOptions} */
const optionsOf = ({ name, entry, ...options }) => ({
  absWorkingDir: projectRoot,
  entryPoints: { [name]: entry },
  outdir: dist,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[hash]',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  mainFields: ['module', 'main'],
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  banner: { js: banner },
  logLevel: 'warning',
  ...options,
});

function hashOfSources() {
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', 'scripts/build.mjs', ...filesUnder('src')]) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(projectRoot, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** @param {string} folder */
const filesUnder = (folder) =>
  readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(projectRoot.length))
    .sort();

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await build();
}
