/** Base of every error the library throws on purpose: one clear sentence and a literal code to test against. */
export class ZkError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A proof that does not prove its statement. `where` names the step that refused it. */
export class VerificationError extends ZkError {
  readonly where: string;

  constructor(code: string, where: string, message: string) {
    super(code, `${where}: ${message}`);
    this.where = where;
  }
}
