import { IncomingMessage, type RequestListener, type ServerOptions, ServerResponse } from 'node:http';

/** An Express application, and the prototypes that it sets on every request and response. */
export type ExpressApplication = RequestListener & { request: IncomingMessage; response: ServerResponse };

/**
 * Message classes for `createServer` whose objects have Express' prototypes from the start.
 *
 * Express sets the prototype of each message that comes in, and from then on every property access of such an object is
 * slow, for the rest of the request: that is most of what Express 5 costs (docs/adr/0008). Here the classes' own
 * prototypes inherit from Express' prototypes and replace them in the application, so the prototype that Express sets
 * is already there. They are classes rather than functions that call their parent, because V8 reserves space for the
 * parent's properties only in objects of a derived class, and a response that outgrows its space becomes a dictionary.
 */
export function messagesOf(
  express: ExpressApplication,
): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  class ExpressRequest extends IncomingMessage {}
  class ExpressResponse extends ServerResponse {}
  Object.setPrototypeOf(ExpressRequest.prototype, express.request);
  Object.setPrototypeOf(ExpressResponse.prototype, express.response);
  express.request = ExpressRequest.prototype;
  express.response = ExpressResponse.prototype;
  return { IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse as typeof ServerResponse };
}
