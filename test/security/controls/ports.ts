import { controlsOf } from '../control.ts';

/** Ports that no web page may use. */
export const portControls = [
  ...controlsOf(
    'src/local/stack/parts/temporal.ts',
    ['test/local/stack/surfaces.test.ts'],
    [
      [
        'an HTTP API of Temporal without a Host',
        '      `--dynamic-config-value=frontend.httpAllowedHosts=${JSON.stringify([httpApiHost])}`,\n',
        '',
      ],
    ],
  ),
  ...controlsOf(
    'src/local/stack/parts/ports.ts',
    ['test/local/stack/parts/ports.test.ts'],
    [['ports that browsers refuse', 'for (const port of [...last, ...choice]) if', 'for (const port of last) if']],
  ),
  ...controlsOf(
    'src/worker/metrics/serve-metrics.ts',
    ['test/worker/metrics/serve-metrics.test.ts'],
    [['metrics for no web page', 'if (isForThisMachine(address) && isFromPage(request)) ', 'if (false) ']],
  ),
];
