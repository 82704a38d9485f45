/** The session lock of whoever writes the log: one process at a time. */
export const LOG_LOCK = 'transparency-log';
