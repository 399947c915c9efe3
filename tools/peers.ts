// The module `virtual:peers`: TensorFlow.js and jax-js for a measurement, each a chunk that is loaded when it is asked for. Their packages
// are the benchmark's (test/bench); what is built without them offers none.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** Module of test/bench/peers, and the package that it needs. */
const engines = { tfjs: '@tensorflow/tfjs', jax: '@jax-js/jax' }

export function peers(root: string): Plugin {
  const name = 'virtual:peers'
  const folder = join(root, 'test/bench')
  const code = () => {
    const there = Object.entries(engines).filter(([, needed]) => existsSync(join(folder, 'node_modules', needed)))
    const lines = there.map(([engine]) => `  '${engine}-webgpu': () => import(${JSON.stringify(join(folder, `peers/${engine}.ts`))}),`)
    return `const modules = {\n${lines.join('\n')}\n}
export const peerNames = Object.keys(modules)
export const loadPeers = async () =>
  Object.fromEntries(await Promise.all(peerNames.map(async (name) => [name, (await modules[name]()).peers[name]])))
`
  }
  return {
    name: 'sluice:peers',
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load: (id) => (id === `\0${name}` ? code() : null),
  }
}
