/** The slice of a pino logger that this package writes to: an object with the ids first, a constant message second. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
