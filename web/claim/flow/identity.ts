import type { Credentials } from '../service/service.js';
import type { Who } from './state.js';

/** Who asks, and how that is proved: by the page's session, or by a token of the embedding site. */
export interface Identity extends Credentials {
  /** A number: nobody can say now; ask again after so many ms at least. */
  who(): Promise<Who | number>;
  /** After a 401. @returns whether it is worth asking again */
  renew(): Promise<boolean>;
  signOut(): Promise<void>;
}
