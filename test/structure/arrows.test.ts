// Imports run one way. A folder may import from those listed for it and from nothing else.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A room → the rooms it may import from. A file of src/ that lies in no folder is a room of its own. */
const arrows: Record<string, readonly string[]> = {
  'src/spelling': [],
  'src/errors': ['src/spelling'],
  'src/bytes': ['src/errors'],
  'src/cells': [],
  'src/finite': ['src/errors'],
  'src/proxy-guard': ['src/errors'],
  'src/dropped-step': ['src/errors', 'src/finite'],
  'src/spec': ['src/cells'],
  'src/random': ['src/errors', 'src/proxy-guard'],
  'src/learning-rate': ['src/errors'],
  'src/optimizer': ['src/errors', 'src/learning-rate'],
  'src/initialise': ['src/cells', 'src/errors', 'src/random', 'src/spec'],
  // The engine knows nothing of networks.
  'src/gpu': ['src/errors', 'src/proxy-guard'],
  'src/parameters': ['src/errors', 'src/finite', 'src/gpu', 'src/proxy-guard', 'src/spec'],
  'src/schedule': ['src/cells', 'src/errors', 'src/gpu', 'src/optimizer', 'src/parameters', 'src/spec'],
  'src/parameter-groups': ['src/errors', 'src/optimizer', 'src/schedule', 'src/spec'],
  'src/check-inputs': ['src/errors', 'src/spec'],
  'src/check-spec': ['src/cells', 'src/check-inputs', 'src/errors', 'src/spec'],
  'src/packing': ['src/schedule', 'src/spec'],
  'src/check-batch': ['src/bytes', 'src/cells', 'src/errors', 'src/finite', 'src/packing', 'src/spec'],
  // Files know what a network is, but neither the engine nor a device.
  'src/formats': ['src/bytes', 'src/cells', 'src/check-spec', 'src/errors', 'src/finite', 'src/spec'],
  'src/strategy-cache': ['src/gpu'],
  'src/tune': ['src/errors', 'src/gpu', 'src/schedule', 'src/spec', 'src/strategies', 'src/strategy-cache'],
  'src/session': ['src/gpu', 'src/schedule', 'src/tune'],
  'src/run': ['src/cells', 'src/check-batch', 'src/errors', 'src/gpu', 'src/packing', 'src/schedule', 'src/session', 'src/spec'],
  // Kernels of software adapters: chunks of their own.
  'src/tile': ['src/cells', 'src/gpu', 'src/schedule'],
  'src/resident': ['src/cells', 'src/gpu', 'src/schedule', 'src/spec', 'src/tile'],
  'src/strategies': ['src/gpu', 'src/resident', 'src/schedule', 'src/tile'],
  'src/network': [
    'src/check-spec',
    'src/errors',
    'src/formats',
    'src/gpu',
    'src/initialise',
    'src/proxy-guard',
    'src/parameters',
    'src/run',
    'src/schedule',
    'src/spec',
    'src/strategies',
  ],
  'src/memory': ['src/check-spec', 'src/errors', 'src/gpu', 'src/optimizer', 'src/parameter-groups', 'src/parameters', 'src/schedule', 'src/spec'],
  'src/predictor-state': ['src/check-batch', 'src/errors', 'src/gpu', 'src/network', 'src/proxy-guard', 'src/run', 'src/schedule', 'src/spec'],
  'src/forward': ['src/check-batch', 'src/errors', 'src/gpu', 'src/network', 'src/packing', 'src/predictor-state', 'src/schedule', 'src/session', 'src/spec'],
  'src/predictor': ['src/errors', 'src/finite', 'src/forward', 'src/gpu', 'src/network', 'src/predictor-state', 'src/proxy-guard', 'src/schedule'],
  'src/evaluator': ['src/errors', 'src/finite', 'src/forward', 'src/gpu', 'src/network', 'src/packing', 'src/proxy-guard', 'src/schedule', 'src/spec'],
  'src/recurrent-layer': [
    'src/cells',
    'src/check-batch',
    'src/check-spec',
    'src/errors',
    'src/finite',
    'src/gpu',
    'src/proxy-guard',
    'src/parameters',
    'src/quick-check',
    'src/schedule',
    'src/session',
    'src/spec',
    'src/strategies',
    'src/tune',
  ],
  'src/trainer': [
    'src/check-batch',
    'src/errors',
    'src/finite',
    'src/formats',
    'src/gpu',
    'src/network',
    'src/packing',
    'src/proxy-guard',
    'src/optimizer',
    'src/parameter-groups',
    'src/quick-check',
    'src/random',
    'src/learning-rate',
    'src/schedule',
    'src/session',
    'src/spec',
    'src/tune',
    'src/dropped-step',
  ],
  // The loop of every model.
  'src/training': ['src/errors', 'src/formats', 'src/gpu', 'src/network', 'src/proxy-guard', 'src/random', 'src/trainer'],
  'src/text': [
    'src/training',
    'src/bytes',
    'src/cells',
    'src/check-batch',
    'src/check-spec',
    'src/errors',
    'src/evaluator',
    'src/finite',
    'src/formats',
    'src/gpu',
    'src/network',
    'src/proxy-guard',
    'src/optimizer',
    'src/random',
    'src/run',
    'src/schedule',
    'src/session',
    'src/spec',
    'src/trainer',
  ],
  'src/series': [
    'src/bytes',
    'src/cells',
    'src/check-spec',
    'src/errors',
    'src/finite',
    'src/formats',
    'src/gpu',
    'src/network',
    'src/optimizer',
    'src/predictor',
    'src/predictor-state',
    'src/proxy-guard',
    'src/random',
    'src/schedule',
    'src/trainer',
    'src/training',
  ],
  'src/index': [
    'src/cells',
    'src/check-spec',
    'src/errors',
    'src/formats',
    'src/gpu',
    'src/initialise',
    'src/memory',
    'src/network',
    'src/optimizer',
    'src/parameter-groups',
    'src/predictor',
    'src/predictor-state',
    'src/learning-rate',
    'src/recurrent-layer',
    'src/run',
    'src/schedule',
    'src/spec',
    'src/strategies',
    'src/evaluator',
    'src/series',
    'src/text',
    'src/trainer',
    'src/training',
    'src/measure',
    'src/verify',
  ],
  // The one place where engine and oracle meet: what a device computes, beside what is right.
  'src/agreement': ['src/cells', 'src/errors', 'src/gpu', 'src/network', 'src/optimizer', 'src/packing', 'src/random', 'src/reference', 'src/run', 'src/spec'],
  // Before the first training.
  'src/quick-check': ['src/agreement', 'src/gpu', 'src/optimizer', 'src/spec', 'src/strategies', 'src/strategy-cache'],
  'src/measure': [
    'src/cells',
    'src/errors',
    'src/gpu',
    'src/network',
    'src/optimizer',
    'src/predictor',
    'src/spec',
    'src/strategies',
    'src/text',
    'src/trainer',
    'src/verify',
  ],
  'src/verify': [
    'src/agreement',
    'src/cells',
    'src/errors',
    'src/gpu',
    'src/network',
    'src/random',
    'src/reference',
    'src/schedule',
    'src/spec',
    'src/strategies',
    'src/text',
  ],
  // The oracle and the engine do not know each other.
  'src/reference': ['src/cells', 'src/random', 'src/spec'],
}

/** The same for the demo, whose rooms are folders; of demo/views each folder is one. */
const view = ['demo/client', 'demo/page', 'demo/parts', 'demo/recordings', 'demo/session', 'demo/shared']
const demoArrows: Record<string, readonly string[]> = {
  // What page and worker share knows neither. Samples open as those of the command line do.
  'demo/shared': ['cli', 'demo/corpora', 'demo/lessons'],
  'demo/lessons': ['demo/corpora'],
  // A run of the page gives up after as many losses of the GPU as a training of the library, which keeps the count to itself.
  // The models that come with the page: how they were trained, and how they are computed without a GPU.
  'demo/opening': ['demo/corpora', 'demo/lessons', 'demo/shared'],
  'demo/worker': ['demo/lessons', 'demo/opening', 'demo/shared', 'src/training'],
  // Recordings of runs of the worker: how they were made, and their files.
  'demo/recordings': ['demo/corpora', 'demo/lessons', 'demo/shared', 'demo/worker'],
  // Of the page only this speaks to the worker: it has the types of its calls, and its address.
  'demo/client': ['demo/shared', 'demo/worker'],
  'demo/page': [],
  'demo/parts': ['demo/page', 'demo/shared'],
  'demo/session': ['demo/client', 'demo/opening', 'demo/page', 'demo/recordings', 'demo/shared'],
  'demo/views/blank': view,
  'demo/views/exercises': view,
  'demo/views/gates': view,
  'demo/views/gradients': view,
  'demo/views/measure': view,
  'demo/views/how': [...view, 'README.md', 'README.zh.md', 'shaders'],
  'demo/views/race': view,
  'demo/views/train': view,
  'demo/views/verify': view,
  // One step of a cell has the formulas and the kernel lines of How it works.
  'demo/views/xray': [...view, 'demo/views/how'],
  'demo/shell': [
    ...view,
    'demo/views/blank',
    'demo/views/exercises',
    'demo/views/gates',
    'demo/views/gradients',
    'demo/views/how',
    'demo/views/measure',
    'demo/views/race',
    'demo/views/train',
    'demo/views/verify',
    'demo/views/xray',
  ],
  'demo/main': ['demo/session', 'demo/shell', 'demo/style'],
}
/** What has no imports of its own. */
const leaves = ['cli', 'demo/corpora', 'demo/style', 'README.md', 'README.zh.md', 'shaders', 'src/training']

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)

const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!)

/** The path of what is imported, from the root; without its ending, as it stands in the import. */
const targetOf = (file: string, specifier: string): string => relative(root, join(root, dirname(file), specifier.replace(/\?.*$/, ''))).replaceAll('\\', '/')

const roomOf = (file: string): string => {
  const [top, first, second, third] = file.split('/')
  if (top !== 'src' && top !== 'demo') return top!
  if (first === 'views' && third !== undefined) return `${top}/${first}/${second}`
  return second === undefined ? `${top}/${first!.replace(/\.tsx?$/, '')}` : `${top}/${first}`
}

/** Packages of an entry of its own, bundled or loaded when they are needed: nobody who does not import the entry has them. */
const bundled: Record<string, readonly string[]> = { 'src/formats/onnx/messages.ts': ['pbf'], 'src/formats/keras/hdf5.ts': ['h5wasm'] }

test.each(sources('src'))('%s imports only what its room may', (file) => {
  const room = roomOf(file)
  expect(Object.keys(arrows), `${room} is not in the list of rooms`).toContain(room)
  for (const specifier of importsOf(file)) {
    if (bundled[file]?.includes(specifier)) continue
    expect(specifier, 'the core has no run-time dependency').toMatch(/^\./)
    const target = roomOf(targetOf(file, specifier))
    if (target !== room) expect(arrows[room], `${file} imports ${specifier}`).toContain(target)
  }
})

test.each(sources('demo'))('%s imports only what its room may, and of the library what a user can import', (file) => {
  const room = roomOf(file)
  expect(Object.keys(demoArrows), `${room} is not in the list of rooms`).toContain(room)
  for (const specifier of importsOf(file).filter((specifier) => specifier.startsWith('.'))) {
    const target = roomOf(targetOf(file, specifier))
    if (target !== room) expect(demoArrows[room], `${file} imports ${specifier}`).toContain(target)
  }
})

// What only software adapters use is a chunk of its own, loaded where such an adapter is: a visitor with a GPU never downloads it.
const chunks = ['src/tile', 'src/resident']
test.each(sources('src'))('%s imports no kernels of software adapters, but where they are loaded', (file) => {
  const room = roomOf(file)
  const text = readFileSync(join(root, file), 'utf8')
  for (const chunk of chunks.filter((chunk) => chunk !== room && !(room === 'src/resident' && chunk === 'src/tile'))) {
    const name = chunk.split('/')[1]!
    const statically = [...text.matchAll(/^(?:import|export)\b[^'\n]*'([^']+)'/gm)].filter(
      ([, specifier]) => roomOf(relative(root, join(root, dirname(file), specifier!))) === chunk,
    )
    expect(
      statically.map(([line]) => line),
      file,
    ).toEqual([])
    if (new RegExp(`import\\('[./]*${name}`).test(text)) expect(file, 'the one place that loads it').toBe('src/strategies.ts')
  }
})

const shaders = readdirSync(join(root, 'shaders'), { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.wgsl'))
test.each(shaders)('shaders/%s imports from its own folder, or from what all share', (name) => {
  const own = chunks.map((chunk) => chunk.split('/')[1]!).find((folder) => name.startsWith(`${folder}/`))
  for (const [, imported] of readFileSync(join(root, 'shaders', name), 'utf8').matchAll(/^#import +(\S+)/gm))
    expect([`lib`, ...(own ? [`${own}/lib`] : [])], `${name} imports ${imported}`).toContain(dirname(imported!))
})

test.each([
  ['src', arrows, []],
  ['demo', demoArrows, leaves],
] as const)('%s: no room is listed that is not there, and the rooms make no circle', (folder, arrows, leaves) => {
  const rooms = new Set(sources(folder).map(roomOf))
  expect([...rooms].sort()).toEqual(Object.keys(arrows).sort())
  const placed = new Set<string>(leaves)
  while (placed.size < rooms.size + leaves.length) {
    const next = [...rooms].filter((room) => !placed.has(room) && arrows[room]!.every((below) => placed.has(below)))
    expect(next.length, `a circle among ${[...rooms].filter((room) => !placed.has(room)).join(', ')}`).toBeGreaterThan(0)
    for (const room of next) placed.add(room)
  }
})

/** The files that lead from one back to itself, along imports of values and of types; null if none do. */
function circleIn(files: readonly string[]): string[] | null {
  const known = new Set(files)
  const fileOf = (path: string) => [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`].find((name) => known.has(name))
  const clear = new Set<string>()
  const walk = (file: string, path: readonly string[]): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (clear.has(file)) return null
    for (const specifier of importsOf(file).filter((specifier) => specifier.startsWith('.'))) {
      const next = fileOf(targetOf(file, specifier))
      const circle = next ? walk(next, [...path, file]) : null
      if (circle) return circle
    }
    clear.add(file)
    return null
  }
  for (const file of files) {
    const circle = walk(file, [])
    if (circle) return circle
  }
  return null
}

/** Rooms of src whose files still do: a schedule and its implementations. */
const inCircles = /^src\/schedule\//

test('no files of src import one another in a circle, types included', () => {
  expect(circleIn(sources('src').filter((file) => !inCircles.test(file)))?.join(' → ')).toBeUndefined()
})

test('no files of the demo import one another in a circle, types included', () => {
  expect(circleIn(sources('demo'))?.join(' → ')).toBeUndefined()
})

// A converter is an entry of its own: the library does not load it.
const converters = ['keras', 'onnx', 'raw', 'tfjs'].map((name) => `src/formats/${name}`)
test.each(sources('src').filter((file) => !converters.some((folder) => file.startsWith(`${folder}/`))))('%s imports no converter', (file) => {
  const imported = importsOf(file).map((specifier) => targetOf(file, specifier))
  expect(imported.filter((target) => converters.some((folder) => target === folder || target.startsWith(`${folder}/`)))).toEqual([])
})
