/** One line of the check list. */
export interface Finding {
  /** What was looked at, stable, for scripts: `github.permissions`. */
  readonly check: string;
  /** `warn` works and deserves a look; `fail` does not work, or must not stay. */
  readonly state: 'ok' | 'warn' | 'fail';
  /** One sentence: what was found. Never a secret. */
  readonly says: string;
  /** One sentence: what to do about it. Always there unless all is well. */
  readonly remedy?: string;
}

export const ok = (check: string, says: string): Finding => ({ check, state: 'ok', says });
export const warn = (check: string, says: string, remedy: string): Finding => ({ check, state: 'warn', says, remedy });
export const fail = (check: string, says: string, remedy: string): Finding => ({ check, state: 'fail', says, remedy });
