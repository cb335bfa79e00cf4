// Which tests are unit tests: pure rules, parsers and texts. They need Node and the packages, but no root, no container
// engine, no server and no bundles.

/** Whole folders, and single files in folders that also hold tests with servers. */
export const unitTests = [
  'test/aws-calls.test.ts',
  'test/bench/',
  'test/campaign/',
  'test/cloud-checks/',
  'test/client/error-of-service.test.ts',
  'test/client/plan/plan-options.test.ts',
  'test/client/status/',
  'test/client/table.test.ts',
  'test/codec/',
  'test/docs.test.ts',
  'test/batch/call-slots.test.ts',
  'test/batch/job-fate.test.ts',
  'test/batch/run-jobs.test.ts',
  'test/ids.test.ts',
  'test/images/configuration/',
  'test/images/host-scan.test.ts',
  'test/images/layers/',
  'test/images/scan-folder.test.ts',
  'test/intake/campaign-file/',
  'test/intake/check-campaign.test.ts',
  'test/intake/check-inputs.test.ts',
  'test/intake/submissions-file.test.ts',
  'test/ledger/published-order.test.ts',
  'test/local/batch-endpoint/api/check-signature.test.ts',
  'test/metrics-address.test.ts',
  'test/monitoring/',
  'test/private-file.test.ts',
  'test/registry/',
  'test/report/',
  'test/runner/measure/',
  'test/runner/device/nvidia-smi.test.ts',
  'test/runner/isolation/judge-device.test.ts',
  'test/runner/isolation/judge.test.ts',
  'test/runner/sandbox/clean-environment.test.ts',
  'test/runner/sandbox/create-arguments.test.ts',
  'test/runner/sandbox/seccomp.test.ts',
  'test/runner/sandbox/start-refusal.test.ts',
  'test/scoring/',
  'test/settings.test.ts',
  'test/supply-chain.test.ts',
  'test/worker/metrics/campaign-reader.test.ts',
  'test/worker/metrics/campaign-samples.test.ts',
  'test/worker/metrics/serve-metrics.test.ts',
];

/** @param {string} file a path such as `test/ids.test.ts` */
export const isUnitTest = (file) =>
  unitTests.some((entry) => (entry.endsWith('/') ? file.startsWith(entry) : file === entry));
