/** A refusal that a person can act on: what is wrong, and what to do. Nothing was written. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly fix: string
  constructor(what: string, fix: string) {
    super(what)
    this.fix = fix
  }
}
