// Bundles the programs into dist/; does nothing when no source changed since the last time.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from './dependencies.mjs';
import { takeLock } from './lock.mjs';

const dist = join(projectRoot, 'dist');
const stamp = join(dist, '.sources');

/**
 * Bundles of one program each, with the packages they use: to find, read and compile hundreds of files in node_modules takes
 * as long as all the rest of a start. What `src/client.ts` imports only when a command needs it lies in files of its own,
 * which other commands do not load. The worker leaves out `external` packages, which find their native code and their threads'
 * code by their place.
 */
const programs = [
  { name: 'runner', entry: 'src/runner/main.ts', minify: true },
  { name: 'check-gpu', entry: 'src/runner/check-gpu/main.ts', minify: true },
  { name: 'client', entry: 'src/client.ts', splitting: true },
  { name: 'worker', entry: 'src/worker.ts', external: ['@temporalio/*', 'pino'] },
  { name: 'batch-endpoint', entry: 'src/local/batch-endpoint.ts' },
  { name: 'compose', entry: 'src/local/compose/main.ts' },
];

const banner = [
  // Packages that are CommonJS ask for `require` inside an ES module.
  "import { createRequire as holdoutCreateRequire } from 'node:module';",
  'const require = holdoutCreateRequire(import.meta.url);',
  // The AWS SDK is pinned to a release that supports this Node; its warning about later ones is no news to anybody.
  "process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';",
].join('\n');

let building;

/** Brings dist/ up to date: true when it was built, false when it was fresh. Two processes do not build at once. */
export function build() {
  building ??= buildAlone().finally(() => {
    building = undefined;
  });
  return building;
}

async function buildAlone() {
  if (isFresh(hashOfSources())) return false;
  const release = takeLock(join(dist, '.build.lock'), (pid) =>
    process.stderr.write(`holdout: waiting for process ${pid}, which builds the programs already\n`),
  );
  try {
    const sources = hashOfSources();
    return isFresh(sources) ? false : await buildFrom(sources);
  } finally {
    release();
  }
}

const isFresh = (sources) => existsSync(stamp) && readFileSync(stamp, 'utf8') === sources;

async function buildFrom(sources) {
  const { build: bundle } = await import('esbuild');
  mkdirSync(dist, { recursive: true });
  const before = Date.now();
  await Promise.all([...programs.map((program) => bundle(optionsOf(program))), bundleWorkflows()]);
  removeOldChunks(before);
  // Last, and in one step: a build that was cut short is done again.
  writeFileSync(`${stamp}.new`, sources);
  renameSync(`${stamp}.new`, stamp);
  return true;
}

/** Parts of earlier builds; a command that started a moment ago may still load some. */
function removeOldChunks(builtFrom) {
  const chunks = join(dist, 'chunks');
  for (const name of existsSync(chunks) ? readdirSync(chunks) : []) {
    if (statSync(join(chunks, name)).mtimeMs < builtFrom - 60_000) rmSync(join(chunks, name));
  }
}

/** The deterministic code, as the worker loads it into its sandbox: made here once instead of at every start. */
async function bundleWorkflows() {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(projectRoot, 'src/workflows/index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  writeFileSync(join(dist, 'workflows.js'), code);
}

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

const filesUnder = (folder) =>
  readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(projectRoot.length))
    .sort();

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await build();
}
