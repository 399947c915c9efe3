// Writes `.js` into the relative imports of the declarations in dist/types, which the compiler leaves as they stand in src/. Who
// resolves modules as Node does (`nodenext`) finds no file without it, and the whole API is `any`, most often silently.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const folder = new URL('dist/types/', import.meta.url)
for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.d.ts')) continue
  const file = new URL(name, folder)
  writeFileSync(file, readFileSync(file, 'utf8').replace(/(\bfrom |\bimport\()(['"])(\.[^'"]+?)(?:\.js)?\2/g, '$1$2$3.js$2'))
}
