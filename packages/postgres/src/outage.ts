// SQLSTATE of Postgres appendix A: class 08 connection, class 53 resources, 57P01 to 57P03 shutdown and start, 57P05 a session
// that the server closed since it was idle. 57P04 (the database was dropped) does not pass.
const away = /^(?:08...|53...|57P0[1235])$/;
const unreachable = new Set(['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN']);
// What pg and pg-pool say of a lost connection, and of an answer or a connection that did not come in time, has no code.
const lost = /^(?:Connection terminated|Client (?:has encountered a connection error|was closed) and is not queryable$|timeout (?:exceeded when trying to connect|expired)$|Query read timeout$)/;

/** Whether what was thrown tells of a database that is away, and nothing of the work that was asked of it. */
export function isDatabaseOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && error.code !== undefined ? String(error.code) : undefined;
  return code === undefined ? lost.test(error.message) : unreachable.has(code) || away.test(code);
}
