import { IncomingMessage, type RequestListener, type ServerOptions, ServerResponse } from 'node:http';

/** An Express application, and the prototypes that it gives to every request and response. */
export type ExpressApplication = RequestListener & { request: IncomingMessage; response: ServerResponse };

/**
 * The classes of which a server is to make its messages, for `createServer`: they have Express' prototypes from birth.
 *
 * Express gives them to each message when it comes in, and an object whose prototype is changed is slow from then on, at every
 * property, for the rest of the request: that is most of what Express 5 costs (docs/adr/0008). So the classes' own prototypes
 * are put in the place of those, in front of them, and what Express gives is there already. They are classes rather than
 * functions that call their parent, since V8 makes room for the parent's properties in objects of a derived class alone,
 * and a response that outgrows its room is a dictionary.
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
