// Imports run one way. A folder may import from those listed for it and from nothing else.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A room → the rooms it may import from. A file of src/ that lies in no folder is a room of its own. */
const arrows: Record<string, readonly string[]> = {
  'src/nearest': [],
  'src/errors': ['src/nearest'],
  'src/bytes': ['src/errors'],
  'src/cells': [],
  'src/finite': ['src/errors'],
  'src/opaque': ['src/errors'],
  'src/verdict': ['src/errors', 'src/finite'],
  'src/spec': ['src/cells'],
  'src/random': ['src/errors', 'src/opaque'],
  'src/rates': ['src/errors'],
  'src/optimizer': ['src/errors', 'src/rates'],
  'src/initialise': ['src/cells', 'src/errors', 'src/random', 'src/spec'],
  // The engine knows nothing of networks.
  'src/gpu': ['src/errors', 'src/opaque'],
  'src/parameters': ['src/errors', 'src/finite', 'src/gpu', 'src/opaque', 'src/spec'],
  'src/schedule': ['src/cells', 'src/errors', 'src/gpu', 'src/optimizer', 'src/parameters', 'src/spec'],
  'src/check': ['src/bytes', 'src/cells', 'src/errors', 'src/finite', 'src/spec'],
  // Files know what a network is, but neither the engine nor a device.
  'src/formats': ['src/bytes', 'src/cells', 'src/check', 'src/errors', 'src/finite', 'src/spec'],
  'src/run': ['src/cells', 'src/check', 'src/errors', 'src/gpu', 'src/schedule', 'src/spec'],
  'src/network': ['src/check', 'src/errors', 'src/formats', 'src/gpu', 'src/initialise', 'src/opaque', 'src/parameters', 'src/run', 'src/schedule', 'src/spec'],
  'src/memory': ['src/check', 'src/errors', 'src/gpu', 'src/optimizer', 'src/parameters', 'src/schedule', 'src/spec'],
  'src/tune': ['src/gpu', 'src/network', 'src/schedule', 'src/spec'],
  'src/predictor': ['src/check', 'src/errors', 'src/finite', 'src/gpu', 'src/network', 'src/opaque', 'src/schedule', 'src/tune'],
  'src/recurrent-layer': ['src/cells', 'src/check', 'src/errors', 'src/finite', 'src/gpu', 'src/opaque', 'src/parameters', 'src/schedule', 'src/spec'],
  'src/trainer': ['src/check', 'src/errors', 'src/finite', 'src/formats', 'src/gpu', 'src/network', 'src/opaque', 'src/optimizer', 'src/random', 'src/rates', 'src/schedule', 'src/tune', 'src/verdict'],
  'src/text': ['src/bytes', 'src/cells', 'src/check', 'src/errors', 'src/finite', 'src/formats', 'src/gpu', 'src/network', 'src/opaque', 'src/optimizer', 'src/random', 'src/run', 'src/schedule', 'src/spec', 'src/trainer'],
  'src/index': ['src/cells', 'src/check', 'src/errors', 'src/formats', 'src/gpu', 'src/initialise', 'src/memory', 'src/network', 'src/optimizer', 'src/predictor', 'src/rates', 'src/recurrent-layer', 'src/run', 'src/schedule', 'src/spec', 'src/text', 'src/trainer'],
  // The oracle and the engine do not know each other.
  'src/reference': ['src/cells', 'src/random', 'src/spec'],
}

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts')).map((name) => `${folder}/${name.replaceAll('\\', '/')}`)

const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!)

const roomOf = (file: string): string => {
  const [top, first, second] = file.split('/')
  return second === undefined ? `${top}/${first!.replace(/\.ts$/, '')}` : `${top}/${first}`
}

test.each(sources('src'))('%s imports only what its room may', (file) => {
  const room = roomOf(file)
  expect(Object.keys(arrows), `${room} is not in the list of rooms`).toContain(room)
  for (const specifier of importsOf(file)) {
    expect(specifier, 'the core has no run-time dependency').toMatch(/^\./)
    const target = roomOf(relative(root, join(root, dirname(file), specifier)).replaceAll('\\', '/'))
    if (target !== room) expect(arrows[room], `${file} imports ${specifier}`).toContain(target)
  }
})

test('no room is listed that is not there, and the rooms make no circle', () => {
  const rooms = new Set(sources('src').map(roomOf))
  expect([...rooms].sort()).toEqual(Object.keys(arrows).sort())
  const placed = new Set<string>()
  while (placed.size < rooms.size) {
    const next = [...rooms].filter((room) => !placed.has(room) && arrows[room]!.every((below) => placed.has(below)))
    expect(next.length, `a circle among ${[...rooms].filter((room) => !placed.has(room)).join(', ')}`).toBeGreaterThan(0)
    for (const room of next) placed.add(room)
  }
})

test.each(sources('demo'))('%s imports only what a user can import', (file) => {
  for (const specifier of importsOf(file)) expect(specifier).not.toMatch(/(^|\/)src\//)
})
