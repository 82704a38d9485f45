import { Button as AriaButton, type ButtonProps } from 'react-aria-components';

/** `danger` is for what can not be undone; `main` for the one act that a screen is for. */
export type Weight = 'main' | 'plain' | 'danger' | 'quiet';

export function Button({ weight = 'plain', ...props }: ButtonProps & { readonly weight?: Weight }) {
  return <AriaButton {...props} className={`button button-${weight}`} />;
}
