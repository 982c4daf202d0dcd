/** A step of the set-up cannot be done here: the message says why, and what the user should do. */
export class SetupError extends Error {
  override readonly name = "SetupError";
}
