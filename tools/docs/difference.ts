/** Something that was asked for one way and stands another way here. */
export interface Difference {
  readonly table: string
  readonly name: string
  readonly asked: string
  readonly here: string
}
