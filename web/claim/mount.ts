import { ServerClock } from './clock/server-clock.js';
import { ClaimFlow } from './flow/claim-flow.js';
import type { Identity } from './flow/identity.js';
import type { State } from './flow/state.js';
import type { Campaign } from './service/answers.js';
import type { Service } from './service/service.js';
import { Formats } from './view/formats.js';
import { Painting } from './view/paint.js';
import { type Act, type View, Views } from './view/view.js';
import type { Words } from './words/words.js';

export interface Mounted {
  readonly element: HTMLElement;
  readonly flow: ClaimFlow;
  /** Stops listening to the window. */
  unmount(): void;
}

/** Puts flow, views and painting together. The caller puts `element` on the page and starts the flow. */
export function mount(
  campaign: Campaign,
  service: Service,
  identity: Identity,
  words: Words,
  onShow: (view: View, state: State) => void,
): Mounted {
  const clock = new ServerClock(() => service.time());
  const views = new Views(words, new Formats(words), () => clock.isSet);
  const acts: Record<Act, () => unknown> = {
    press: () => flow.press(),
    leave: () => flow.leave(),
    stay: () => flow.stay(),
    'sign-out': () => flow.signOut(),
  };
  const painting = new Painting(words, (act) => void acts[act]());
  const flow = new ClaimFlow(campaign, service, clock, identity, (state) => {
    const view = views.of(state);
    painting.show(view, state);
    onShow(view, state);
  });

  const seen = (): void => {
    if (!document.hidden) void flow.wake();
  };
  const restored = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) void flow.start();
  };
  const online = (): void => flow.online();
  document.addEventListener('visibilitychange', seen);
  addEventListener('pageshow', restored);
  addEventListener('online', online);
  return {
    element: painting.root,
    flow,
    unmount: () => {
      document.removeEventListener('visibilitychange', seen);
      removeEventListener('pageshow', restored);
      removeEventListener('online', online);
      flow.stop();
    },
  };
}
