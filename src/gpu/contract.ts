// What the build reflects of a kernel: contracts.ts here, in src/tile and in src/resident has one for each.

/** Type and offset of each field of a struct. */
export type Fields = Readonly<Record<string, readonly [type: string, offset: number]>>

export interface Contract {
  readonly workgroup: number | 'width'
  /** Bytes of the uniform struct. */
  readonly size: number
  readonly fields: Fields
  readonly bindings: Readonly<
    Record<string, { readonly binding: number; readonly access: 'read' | 'read_write'; readonly size?: number; readonly fields?: Fields }>
  >
  readonly overrides: readonly string[]
}
