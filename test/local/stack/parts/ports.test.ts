import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { HoldoutError } from '../../../../src/errors.ts';
import { browserRefusedPorts } from '../../../../src/local/stack/parts/browser-refused-ports.ts';
import {
  choosePorts,
  isFreePort,
  portRequests,
  defaultPorts,
  type Ports,
} from '../../../../src/local/stack/parts/ports.ts';

const anyPort = { temporal: 0, ui: 0, s3: 0, batch: 0 };

describe('the ports of the embedded stack', () => {
  let taken: Server;
  let port: number;
  const lines: string[] = [];
  const report = (line: string): void => void lines.push(line);

  before(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    port = (taken.address() as AddressInfo).port;
  });
  after(() => taken.close());
  beforeEach(() => lines.splice(0));

  const choose = (changes: Partial<Parameters<typeof choosePorts>[0]>) =>
    choosePorts({ requests: anyPort, remembered: {}, own: new Set(), report, ...changes });

  it('are read from the variables; an invalid port is refused', () => {
    const requests = portRequests({ HOLDOUT_S3_PORT: '7070', HOLDOUT_UI_PORT: '0', HOLDOUT_BATCH_PORT: '' });
    assert.deepEqual(requests, {
      temporal: undefined,
      ui: 0,
      temporalUi: undefined,
      temporalHttp: undefined,
      temporalMetrics: undefined,
      s3: 7070,
      batch: undefined,
    });
    assert.throws(() => portRequests({ HOLDOUT_S3_PORT: '99999' }), /HOLDOUT_S3_PORT=99999 is not a port/);
  });

  it('are different free ones when any free port is requested', async () => {
    const ports = Object.values(await choose({}));
    assert.equal(new Set(ports).size, 7);
    for (const free of ports) assert.ok(await isFreePort(free));
    assert.deepEqual(lines, []);
  });

  it('stop the start when a requested one is taken, naming port, variable and holder', async () => {
    await assert.rejects(choose({ requests: { ...anyPort, s3: port } }), (error: unknown) => {
      assert.ok(error instanceof HoldoutError);
      assert.equal(error.code, 'PORT_BUSY');
      assert.ok(error.message.includes(`Port ${port} (HOLDOUT_S3_PORT) is taken by`));
      assert.ok(error.message.includes(`(pid ${process.pid})`));
      assert.match(error.next, /HOLDOUT_S3_PORT=0/);
      return true;
    });
  });

  it('of the last start are kept; one that another program took is replaced and reported', async () => {
    const last = await choose({});
    assert.deepEqual(await choose({ remembered: last }), last);
    const { s3 } = await choose({ remembered: { ...last, s3: port } });
    assert.notEqual(s3, port);
    assert.match(
      lines.join('\n'),
      new RegExp(`port ${port} is taken by .*; s3 uses ${s3} instead \\(HOLDOUT_S3_PORT sets it\\)`),
    );
  });

  it('that only programs use and that check no sender are ones that every browser refuses', async () => {
    for (const refused of browserRefusedPorts)
      await assert.rejects(fetch(`http://127.0.0.1:${refused}/`), (error: Error) =>
        /bad port/.test(String(error.cause)),
      );
    const unguarded = ({ temporalUi, temporalHttp, temporalMetrics }: Ports) => [
      temporalUi,
      temporalHttp,
      temporalMetrics,
    ];
    const chosen = unguarded(await choose({}));
    // An older version remembers any port; 0 asks for any.
    const older = await choose({ requests: { temporalUi: 0 }, remembered: { temporalUi: 23_456 } });
    for (const port of [...chosen, ...unguarded(older)]) assert.ok(browserRefusedPorts.includes(port), String(port));
    assert.equal((await choose({ requests: { temporalUi: 23_457 } })).temporalUi, 23_457, 'one that somebody requests');
  });

  it('on which processes of this stack listen already are kept', async () => {
    const { s3 } = await choose({ remembered: { s3: port }, own: new Set([port]) });
    assert.equal(s3, port);
  });

  it('are the defaults when they are free', async () => {
    const ports = await choose({ requests: { ...anyPort, batch: undefined } });
    if (await isFreePort(defaultPorts.batch)) assert.equal(ports.batch, defaultPorts.batch);
    else assert.match(lines.join('\n'), /port 7171 is taken/);
  });
});
