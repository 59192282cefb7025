/** A client sent something that cannot be used. `message` names what and says what to send; the protocol decides how it is answered. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}
