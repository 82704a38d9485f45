import { IsOptional } from 'class-validator';
import { IsReturnPath } from './return-path.js';

export class LoginQuery {
  /** Where the browser is sent after the login. */
  @IsOptional()
  @IsReturnPath()
  readonly returnTo?: string;
}
