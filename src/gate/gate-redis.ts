/** Injects the connection over which requests ask the gate. */
export const GATE_REDIS = Symbol('GATE_REDIS');
