// The package as somebody gets it: packed, and installed in an empty project outside of this repository; and tools of others, installed on
// demand. None of it needs the network but a tool's first installation.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { projectRoot } from '../../demo/launch/ensure.mjs'
import { builtLibrary, builtTypes } from '../../tools/built.mjs'

/** What a program wrote and how it ended. */
export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

export function run(file: string, args: readonly string[], { cwd = projectRoot, env = {} as NodeJS.ProcessEnv, timeout = 120_000 } = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, NODE_OPTIONS: '', ...env }, timeout, maxBuffer: 1 << 26 }
    execFile(file, args, options, (error, out, err) => resolve({ code: error ? Number(error.code ?? -1) : 0, out, err: err || (error?.message ?? '') }))
  })
}

/** npm is a script of Node beside it, which needs no shell. */
const npm = (args: readonly string[], cwd: string): Promise<Outcome> =>
  run('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, timeout: 300_000 })

/** Files that the package has from the working tree; `files` of package.json names them again, and npm packs what it names. */
const fromTree = ['package.json', 'README.md', 'LICENSE', 'cli', 'demo/public/train.png', 'demo/corpora', 'src/text/encodings.js', 'src/text/guess-encoding.js']

/** A tarball in this folder. */
export async function pack(folder: string): Promise<string> {
  const staged = join(folder, 'staged')
  for (const path of fromTree) if (existsSync(join(projectRoot, path))) cpSync(join(projectRoot, path), join(staged, path), { recursive: true })
  cpSync(await builtLibrary(), join(staged, 'dist'), { recursive: true })
  cpSync(await builtTypes(), join(staged, 'dist/types'), { recursive: true })
  const { code, out, err } = await npm(['pack', '--offline', '--ignore-scripts', '--pack-destination', folder], staged)
  if (code !== 0) throw new Error(`npm pack: ${err}`)
  return join(folder, out.trim().split('\n').at(-1)!)
}

/** An empty project with the package from the tarball. */
export async function emptyProject(tarball: string): Promise<string> {
  const project = mkdtempSync(join(tmpdir(), 'sluice-project-'))
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }))
  const { code, err } = await npm(['install', '--offline', '--ignore-scripts', tarball], project)
  if (code !== 0) throw new Error(`npm install: ${err}`)
  return project
}

const tools = join(projectRoot, 'node_modules/.cache/sluice-tools')

/** The folder of node_modules with these packages, installed the first time; or why that cannot be. */
export async function installed(...packages: readonly string[]): Promise<{ folder: string } | { missing: string }> {
  const home = join(tools, packages.join('+').replaceAll('/', '-'))
  const folder = join(home, 'node_modules')
  if (existsSync(folder)) return { folder }
  mkdirSync(tools, { recursive: true })
  const fresh = mkdtempSync(join(tools, '.fresh-'))
  try {
    writeFileSync(join(fresh, 'package.json'), JSON.stringify({ private: true }))
    const { code, err } = await npm(['install', '--prefer-offline', '--fetch-retries=0', ...packages], fresh)
    if (code !== 0) return { missing: `${packages.join(', ')} cannot be installed: ${err.trim().split('\n').at(-1)}` }
    if (!existsSync(home)) renameSync(fresh, home)
    return { folder }
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** Gives a project a package that is installed elsewhere. */
export function link(project: string, name: string, folder: string): void {
  const path = join(project, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  if (!existsSync(path)) symlinkSync(join(folder, name), path, 'junction')
}

export const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as Record<string, never>
