import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { ChangeEndpointDto, CreateEndpointDto } from '../../../src/webhooks-out/endpoints/endpoint.dto.js';

const URL_OF_RECEIVER = 'https://example.com/webhooks';

/** The properties that are refused. */
function wrong(kind: typeof ChangeEndpointDto | typeof CreateEndpointDto, body: object): string[] {
  return validateSync(plainToInstance<object, object>(kind, body)).map(({ property }) => property);
}

it('an endpoint needs a URL; null is a list of types that are all of them, and nothing else', () => {
  expect(wrong(CreateEndpointDto, { url: URL_OF_RECEIVER, eventTypes: null })).toEqual([]);
  expect(wrong(CreateEndpointDto, {})).toEqual(['url']);
  expect(wrong(CreateEndpointDto, { url: URL_OF_RECEIVER, description: null })).toEqual(['description']);
});

it('a change needs nothing, and takes what a new endpoint takes', () => {
  expect(wrong(ChangeEndpointDto, { eventTypes: null, reason: 'a test' })).toEqual([]);
  const bodies = [{ url: null }, { url: 'ftp://example.com' }, { description: null }, { eventTypes: [] }];
  for (const body of bodies) expect(wrong(ChangeEndpointDto, body)).toEqual(Object.keys(body));
  expect(wrong(ChangeEndpointDto, { state: null, reason: 'x' }).sort()).toEqual(['reason', 'state']);
});
