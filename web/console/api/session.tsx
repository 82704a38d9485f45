import { createContext, use } from 'react';
import type { OperatorSession, Scope } from './live.js';

export type Operator = NonNullable<OperatorSession['operator']>;

export const OperatorContext = createContext<Operator | null>(null);

/** Who is signed in. Only for what is shown once somebody is. */
export function useOperator(): Operator {
  const operator = use(OperatorContext);
  if (!operator) throw new Error('nobody is signed in here');
  return operator;
}

/** Whether the operator may do what needs this scope; `grants:admin` includes all. The service checks it again. */
export function useMay(scope: Exclude<Scope, 'grants:admin'>): boolean {
  const { scopes } = useOperator();
  return scopes.includes(scope) || scopes.includes('grants:admin');
}
