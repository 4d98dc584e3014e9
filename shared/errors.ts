/** Four classes of error, each with a fate. An error of any other class is treated like a ReadError: tried again. */

type Fields = Readonly<Record<string, unknown>>;

class FieldsError extends Error {
  readonly fields: Fields;
  constructor(message: string, fields: Fields = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.fields = fields;
  }
}

/** The input is not what the source promises. Fate: the record is quarantined, the rest goes on. */
export class DecodeError extends FieldsError {
  /** The offending bytes, where the thrower has them. */
  readonly raw: Uint8Array | undefined;
  constructor(message: string, fields: Fields = {}, options: { cause?: unknown; raw?: Uint8Array } = {}) {
    super(message, fields, options.cause);
    this.raw = options.raw;
  }
}

/** The input could not be read now. Fate: the item fails and comes again. */
export class ReadError extends FieldsError {}

/** A destination did not take what it should have. Fate: tried again, then the item fails and comes again. */
export class DeliveryError extends FieldsError {}

/** A setting is missing or wrong. Fate: fatal, nothing is tried again in this invocation. */
export class ConfigError extends FieldsError {}

/** The message of anything thrown; where it has none, as a refused connection to several addresses, its code or its name. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || String((error as NodeJS.ErrnoException).code ?? error.name);
}
