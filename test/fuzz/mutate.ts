// Mutations of files: of their bytes, and of the JSON in them, which is where a file says what it holds.
import type { Random } from '../../src/random'

export interface Mutation {
  readonly made: Uint8Array | string
  readonly how: string
}

const pick = <Item>(random: Random, items: readonly Item[]): Item => items[random.integer(items.length)]!

/** Values that JSON can hold and a reader may not expect. */
const values: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => -1,
  () => 0,
  () => 1,
  () => 1.5,
  () => 2 ** 31,
  () => 2 ** 32,
  () => 2 ** 53,
  () => 1e308,
  () => -0,
  () => '',
  () => 'x',
  () => 'x'.repeat(1e5),
  () => [],
  () => ({}),
  () => [[]],
  () => [null],
  () => nested(2000),
  () => ({ toString: 1, valueOf: 1 }),
  () => ({ length: 2 ** 40 }),
  () => ({ __proto__: null, constructor: 1 }),
  () => Array(1000).fill(1),
  () => [2 ** 52, 2 ** 52],
]
function nested(depth: number): unknown {
  let list: unknown[] = []
  for (let i = 0; i < depth; i++) list = [list]
  return list
}

/** A file with some bytes changed, cut, doubled or put in; or, of a safetensors file, with its header or its metadata changed. */
export function mutate(file: Uint8Array, random: Random): Mutation {
  const ways = { bit, byte, cut, insert, remove, swap, ...(file.length > 100 && { header, header2: header, metadata, metadata2: metadata, length }) }
  const how = pick(random, Object.keys(ways) as (keyof typeof ways)[])
  return { made: ways[how]!(file, random), how }
}

function bit(file: Uint8Array, random: Random): Uint8Array {
  const made = file.slice()
  // Half of them near the beginning, where the header is.
  const at = random.integer(random.integer(2) ? made.length : Math.min(made.length, 600))
  made[at]! ^= 1 << random.integer(8)
  return made
}

function byte(file: Uint8Array, random: Random): Uint8Array {
  const made = file.slice()
  for (let k = random.integer(4); k >= 0; k--) made[random.integer(made.length)] = random.integer(256)
  return made
}

const cut = (file: Uint8Array, random: Random): Uint8Array => file.slice(0, random.integer(file.length))

function insert(file: Uint8Array, random: Random): Uint8Array {
  const at = random.integer(file.length)
  const more = Uint8Array.from({ length: 1 + random.integer(40) }, () => random.integer(256))
  return Uint8Array.of(...file.subarray(0, at), ...more, ...file.subarray(at))
}

function remove(file: Uint8Array, random: Random): Uint8Array {
  const at = random.integer(file.length)
  return Uint8Array.of(...file.subarray(0, at), ...file.subarray(at + 1 + random.integer(40)))
}

function swap(file: Uint8Array, random: Random): Uint8Array {
  const made = file.slice()
  const n = 1 + random.integer(Math.max(1, Math.min(32, Math.floor(made.length / 2))))
  const [a, b] = [random.integer(made.length - n + 1), random.integer(made.length - n + 1)]
  made.copyWithin(a, b, b + n)
  return made
}

function length(file: Uint8Array, random: Random): Uint8Array {
  const made = file.slice()
  const to = pick(random, [0n, 1n, 8n, BigInt(file.length), BigInt(file.length - 8), 100_000_000n, 2n ** 31n, 2n ** 53n, 2n ** 64n - 1n])
  new DataView(made.buffer).setBigUint64(0, to, true)
  return made
}

/** The header changed at a random place of its JSON. */
function header(file: Uint8Array, random: Random): Uint8Array {
  return withHeader(file, (read) => change(read, random))
}

/** One of the texts in the metadata changed at a random place of the JSON that it is. */
function metadata(file: Uint8Array, random: Random): Uint8Array {
  return withHeader(file, (read) => {
    const texts = read.__metadata__ as Record<string, string>
    const name = pick(random, Object.keys(texts))
    try {
      texts[name] = JSON.stringify(change(JSON.parse(texts[name]!), random))
    } catch {
      texts[name] = pick(random, ['', '1', '2', 'Network', 'TextModel', 'BlankModel', 'SeriesModel', 'sluice', '{}', 'null', '[]'])
    }
    return read
  })
}

function withHeader(file: Uint8Array, change: (header: Record<string, unknown>) => unknown): Uint8Array {
  const size = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
  const json = new TextEncoder().encode(JSON.stringify(change(JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + size))) as Record<string, unknown>)))
  const made = new Uint8Array(8 + json.length + file.length - 8 - size)
  new DataView(made.buffer).setBigUint64(0, BigInt(json.length), true)
  made.set(json, 8)
  made.set(file.subarray(8 + size), 8 + json.length)
  return made
}

/** Data with one of its values replaced, left out, or put elsewhere. */
function change(data: unknown, random: Random): unknown {
  const places: { readonly of: Record<string, unknown>; readonly key: string }[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || places.length > 2000) return
    for (const key of Object.keys(value)) {
      places.push({ of: value as Record<string, unknown>, key })
      visit((value as Record<string, unknown>)[key])
    }
  }
  visit(data)
  if (places.length === 0 || random.integer(20) === 0) return pick(random, values)()
  const { of, key } = pick(random, places)
  const way = random.integer(8)
  if (way === 0) delete of[key]
  else if (way === 1) of[pick(random, ['x', '__proto__', 'constructor', 'toString', `${key}x`])] = of[key]
  else if (way === 2) of[key] = pick(random, places).of
  else if (way === 3 && typeof of[key] === 'number') of[key] = (of[key] as number) + pick(random, [-1, 1, 0.5, 2 ** 20])
  else of[key] = pick(random, values)()
  return way === 2 ? decycled(data) : data
}

/** What became a circle is cut at the second turn. */
function decycled(data: unknown, above: readonly unknown[] = []): unknown {
  if (typeof data !== 'object' || data === null) return data
  if (above.includes(data)) return null
  const inner = [...above, data]
  if (Array.isArray(data)) return data.map((item) => decycled(item, inner))
  return Object.fromEntries(Object.entries(data).map(([key, item]) => [key, decycled(item, inner)]))
}

/** Text of JSON, changed in its data or in its letters. */
export function mutateJson(text: string, random: Random): Mutation {
  if (random.integer(3) > 0) return { made: JSON.stringify(change(JSON.parse(text), random)) ?? 'null', how: 'data' }
  const { made, how } = mutate(new TextEncoder().encode(text).slice(0, 100), random)
  return { made: new TextDecoder().decode(made as Uint8Array), how }
}
