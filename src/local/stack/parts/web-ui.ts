import { join } from 'node:path';
import type { Home } from '../home/home.ts';
import { openWebToken } from '../home/web-token.ts';
import { plainEnvironment } from './environment.ts';
import { isHttpUp } from './health.ts';
import type { Part } from './part.ts';
import type { Ports } from './ports.ts';

/** The codec server, in front of Temporal's Web UI. */
export function webUiPart(home: Home, ports: Ports, programs: string): Part {
  const program = join(programs, 'codec-server.mjs');
  return {
    name: 'web-ui',
    stage: 2,
    program,
    command: [process.execPath, '--enable-source-maps', program],
    environment: {
      ...plainEnvironment(),
      HOLDOUT_CODEC_KEYS: home.codecKeys,
      HOLDOUT_WEB_UI: `http://127.0.0.1:${ports.temporalUi}`,
      HOLDOUT_UI_PORT: String(ports.ui),
      HOLDOUT_WEB_TOKEN: openWebToken(home),
    },
    files: {},
    isReady: () => isHttpUp(`http://127.0.0.1:${ports.ui}/health`),
    grace: 2_000,
  };
}
