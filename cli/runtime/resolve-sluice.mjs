// `import 'sluice'` in a task: the library that the command runs on, in the page by an import map, in Node by this.
import { register } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** @param {string} library folder of sluice.js */
export function registerHooks(library) {
  const address = pathToFileURL(join(library, 'sluice.js')).href
  const hooks = `export const resolve = (specifier, context, next) =>
    specifier === 'sluice' ? { url: ${JSON.stringify(address)}, shortCircuit: true } : next(specifier, context)`
  register(`data:text/javascript,${encodeURIComponent(hooks)}`)
}
