import { IncomingMessage, type RequestListener, type ServerOptions, ServerResponse } from 'node:http';

/** An Express application, and the prototypes that it gives to every request and response. */
export type ExpressApplication = RequestListener & {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
};

/** Node's own constructors are plain functions, of an age at which that could still be called. */
type PlainConstructor = (this: object, ...args: unknown[]) => void;

/**
 * The classes of which a server is to make its messages, for `createServer`: they have Express' prototypes from birth.
 *
 * Express gives them to each message when it comes in, and an object whose prototype is changed is slow from then on, at every
 * property, for the rest of the request: that is most of what Express 5 costs (docs/adr/0008). Giving a prototype to an
 * object that has it already does nothing.
 */
export function messagesOf(
  express: ExpressApplication,
): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  return {
    IncomingMessage: heir(IncomingMessage, express.request) as unknown as typeof IncomingMessage,
    ServerResponse: heir(ServerResponse, express.response) as unknown as typeof ServerResponse,
  };
}

/** Not a class: the prototype of a class can't be chosen. */
function heir(parent: unknown, prototype: object): PlainConstructor {
  const construct = parent as PlainConstructor;
  function Message(this: object, ...args: unknown[]): void {
    construct.apply(this, args);
  }
  Message.prototype = prototype;
  return Message;
}
