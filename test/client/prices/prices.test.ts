import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { prices } from '../../../src/client/prices/prices.ts';

interface Filter {
  Type: string;
  Field: string;
  Value: string;
}

/** A product as the Pricing API lists it, with the terms of a reservation, which count for nothing. */
const product = (type: string, ...usd: string[]): string =>
  JSON.stringify({
    product: { productFamily: 'Compute Instance', attributes: { instanceType: type, vcpu: '4' }, sku: 'SKU' },
    serviceCode: 'AmazonEC2',
    terms: {
      OnDemand: Object.fromEntries(
        usd.map((USD, n) => [
          `SKU${n}.JRTCKXETXF`,
          {
            priceDimensions: {
              [`SKU${n}.JRTCKXETXF.6YS6EN2CT7`]: {
                unit: 'Hrs',
                endRange: 'Inf',
                description: `$${USD} per On Demand Linux ${type} Instance Hour`,
                appliesTo: [],
                beginRange: '0',
                pricePerUnit: { USD },
              },
            },
            effectiveDate: '2026-11-01T00:00:00Z',
            offerTermCode: 'JRTCKXETXF',
            termAttributes: {},
          },
        ]),
      ),
      Reserved: {
        'SKU.HU7G6KETJZ': {
          priceDimensions: { x: { unit: 'Quantity', pricePerUnit: { USD: '1234' } } },
          termAttributes: { LeaseContractLength: '1yr' },
        },
      },
    },
    version: '20261101000000',
    publicationDate: '2026-11-01T00:00:00Z',
  });

describe('the prices', () => {
  let server: Server;
  const asked: Filter[][] = [];
  const lists: Record<string, string[] | 'denied'> = {};
  const environment = { ...process.env };
  before(async () => {
    server = createServer((request, response) => {
      const body: Buffer[] = [];
      request.on('data', (chunk: Buffer) => body.push(chunk));
      request.on('end', () => {
        assert.equal(request.headers['x-amz-target'], 'AWSPriceListService.GetProducts');
        const { ServiceCode, Filters } = JSON.parse(Buffer.concat(body).toString()) as Record<string, Filter[]>;
        assert.equal(ServiceCode, 'AmazonEC2');
        asked.push(Filters ?? []);
        const list = lists[Filters?.find(({ Field }) => Field === 'instanceType')?.Value ?? ''] ?? [];
        response.setHeader('content-type', 'application/x-amz-json-1.1');
        if (list === 'denied') response.statusCode = 400;
        const denied = { __type: 'AccessDeniedException', Message: 'not authorized to perform: pricing:GetProducts' };
        response.end(JSON.stringify(list === 'denied' ? denied : { FormatVersion: 'aws_v1', PriceList: list }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_PRICING: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
    });
  });
  after(() => {
    server.close();
    for (const name of ['AWS_ENDPOINT_URL_PRICING', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
      if (environment[name] === undefined) delete process.env[name];
      else process.env[name] = environment[name];
    }
  });

  it('have their source and date without an account', async () => {
    const text = await prices(['g6.xlarge', 'p3.2xlarge'], {});
    assert.match(
      text,
      /g6\.xlarge +4 +15308 MiB +1 × L4, 23034 MiB +0\.8048 +skypilot-catalog v8 .*us-east-1, 2026-11-29/,
    );
    assert.equal(text.split('\n').length, 4);
    assert.equal(asked.length, 0);
  });

  it('are those of today with an account, with the lines for the campaign file', async () => {
    lists['g4dn.xlarge'] = [product('g4dn.xlarge', '0.5260000000', '0.0000000000')];
    lists['g6.xlarge'] = [product('g6.xlarge', '0.9110000000')];
    const text = await prices(['g4dn.xlarge', 'g6.xlarge'], { refresh: true, region: 'eu-west-1' });
    assert.match(text, /today in eu-west-1/);
    assert.match(text, /State these in the campaign file:\n {2}g6\.xlarge: usdPerHour: 0\.911$/);
    const [filters] = asked;
    assert.deepEqual(new Set(filters?.map(({ Type }) => Type)), new Set(['TERM_MATCH']));
    const values = Object.fromEntries(filters?.map(({ Field, Value }) => [Field, Value]) ?? []);
    assert.deepEqual(
      [values['regionCode'], values['tenancy'], values['operatingSystem']],
      ['eu-west-1', 'Shared', 'Linux'],
    );
  });

  it('are unknown where a region lacks the type, or the list is not clear', async () => {
    lists['g6e.xlarge'] = [];
    lists['g5.xlarge'] = [product('g5.xlarge', '1.0060000000', '1.1000000000')];
    const text = await prices(['g5.xlarge', 'g6e.xlarge'], { refresh: true });
    assert.equal(text.match(/ unknown$/gm)?.length, 2, text);
    assert.match(text, /No price has changed\.$/);
  });

  it('are an error with the next step if the account may not read them, or if a type is unknown', async () => {
    lists['g6.2xlarge'] = 'denied';
    await assert.rejects(prices(['g6.2xlarge'], { refresh: true, region: 'us-east-1' }), {
      code: 'PRICES_UNREADABLE',
      message: /g6\.2xlarge in us-east-1: not authorized/,
      next: /pricing:GetProducts/,
    });
    await assert.rejects(prices(['g6.huge'], {}), { code: 'TYPE_UNKNOWN', message: /g6\.huge/ });
  });
});
