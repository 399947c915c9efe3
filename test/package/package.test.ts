// The package in the hands of others: every runtime and bundler that is there trains ten steps with it, from the tarball, in a project
// outside of this repository. What is not there says so and is skipped.
import { execFileSync } from 'node:child_process'
import { createReadStream, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import puppeteer, { type Browser } from 'puppeteer'
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'
import { chromeArguments, ensureChrome, projectRoot } from '../../demo/launch/ensure.mjs'
import { softwareVulkan } from '../../cli/chrome/chrome-arguments.mjs'
import { inTurn } from '../support/sampled'
import * as consumer from './consumer'
import { emptyProject, installed, link, pack, run } from './project'

const folder = mkdtempSync(join(tmpdir(), 'sluice-package-'))
let [tarball, project] = ['', '']
let [server, browser]: [Server?, Browser?] = []

beforeAll(async () => {
  tarball = await pack(folder)
  project = await emptyProject(tarball)
  for (const [name, text] of Object.entries({
    'train.js': consumer.train,
    'page.js': consumer.page,
    'worker.js': consumer.worker,
    'with-worker.js': consumer.pageWithWorker,
    'dawn.js': consumer.dawn,
    'deno.js': consumer.deno,
    'user.mts': consumer.typescript,
  }))
    writeFileSync(join(project, name), text)
})
afterAll(async () => {
  await browser?.close()
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(0)))
  for (const path of [folder, project]) if (path) rmSync(path, { recursive: true, force: true })
})

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript' }

/** What a page of the project tells. */
async function told(html: string): Promise<unknown> {
  writeFileSync(join(project, 'page.html'), `<!doctype html><link rel="icon" href="data:,">${html}`)
  server ??= await new Promise<Server>((resolve) => {
    const made = createServer((request, response) => {
      const file = join(project, new URL(request.url!, 'http://localhost').pathname)
      if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end()
      response.writeHead(200, { 'Content-Type': `${types[extname(file)] ?? 'application/octet-stream'}; charset=utf-8` })
      createReadStream(file).pipe(response)
    }).listen(0, 'localhost', () => resolve(made))
  })
  browser ??= await puppeteer.launch({ executablePath: await ensureChrome(), args: chromeArguments() })
  const page = await browser.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/page.html`)
  const handle = await page.waitForFunction(() => (globalThis as { told?: unknown }).told, { timeout: 120_000 })
  const result = await handle.jsonValue()
  await page.close()
  expect(errors).toEqual([])
  return result
}

/** The first loss is about ln V, and ten steps lower it. */
function expectLearned(losses: unknown): void {
  expect(losses).toBeInstanceOf(Array)
  expect(losses).toHaveLength(10)
  const [first, last] = [(losses as number[])[0]!, (losses as number[])[9]!]
  expect(Math.abs(first - Math.log(14))).toBeLessThan(0.5)
  expect(last).toBeLessThan(first)
}

/** A tool, or the test is skipped and says why. */
async function toolOr(context: Pick<TestContext, 'skip'>, ...packages: string[]): Promise<string> {
  const found = await installed(...packages)
  if ('missing' in found) context.skip(found.missing)
  return (found as { folder: string }).folder
}

test('it has what it should, and nothing else', () => {
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((name) => name.replace(/^package\//, ''))
  for (const needed of ['README.md', 'LICENSE', 'package.json', 'dist/sluice.js', 'dist/types/index.d.ts', 'demo/public/train.png'])
    expect(files).toContain(needed)
  expect(files.filter((name) => !/^(dist|cli|demo\/(public|corpora)|src\/text)\/|^(README\.md|LICENSE|package\.json)$/.test(name))).toEqual([])
  // A tarball is downloaded whole, source maps among it.
  expect(statSync(tarball).size / 1024).toBeLessThan(1100)
})

test('the declarations have what a user can import, each with a comment, and no more bytes than that takes', () => {
  const types = join(project, 'node_modules/sluice/dist/types')
  const files = readdirSync(types, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.d.ts'))
  const texts = files.map((name) => [name, readFileSync(join(types, name), 'utf8')] as const)
  const bare = texts.flatMap(([name, text]) => {
    const lines = text.split('\n')
    return lines.flatMap((line, i) => {
      const declared = /^export (?:declare )?(?:abstract )?(?:class|interface|type|function|const) (\w+)/.exec(line)?.[1]
      // The second of two overloads has the comment of the first.
      return declared && !/\*\/\s*$/.test(lines[i - 1] ?? '') && !lines.slice(0, i).some((before) => before.includes(` ${declared}`))
        ? [`${name}: ${declared}`]
        : []
    })
  })
  expect(bare).toEqual([])
  expect(texts.map(([name]) => name)).not.toEqual(expect.arrayContaining([expect.stringMatching(/contracts/)]))
  const bytes = texts.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0)
  expect(bytes / 1024).toBeLessThan(150)
  expect(bytes / 1024, 'so much smaller that the figure can be lowered').toBeGreaterThan(100)
})

test('Node imports and requires it without a GPU', async () => {
  const code = `const { Corpus, SluiceError } = require('sluice')
    if (require('sluice/package.json').name !== 'sluice') throw new Error('another package')
    try { Corpus.fromText('') } catch (error) { console.log(error instanceof SluiceError, error.code) }
    import('sluice').then((module) => console.log(module.Corpus === Corpus))`
  const { out, err } = await run(process.execPath, ['--input-type=commonjs', '--no-warnings', '-e', code], { cwd: project })
  expect({ out, err }).toEqual({ out: 'true bad-text\ntrue\n', err: '' })
})

test('the converters are entries of their own; that of Keras says what to install', async () => {
  const code = `import { fromArrays } from 'sluice/formats/raw'
    import { fromTfjs } from 'sluice/formats/tfjs'
    import { fromOnnx } from 'sluice/formats/onnx'
    import { fromKeras } from 'sluice/formats/keras'
    console.log([fromArrays, fromTfjs, fromOnnx].every((one) => typeof one === 'function'))
    fromKeras(Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 0x1a, 10)).catch(({ code, message }) => console.log(code, message))`
  const { out, err } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: project })
  expect({ out, err }).toEqual({ out: expect.stringMatching(/^true\nbad-value .*Install it: npm install h5wasm\n$/), err: '' })
})

test('the program runs where the package is installed', async () => {
  const sluice = join(project, 'node_modules/sluice/cli/main.mjs')
  expect((await run(process.execPath, [sluice, '--help'], { cwd: project })).out).toContain('sluice train [TEXT]')
  expect(readFileSync(join(project, 'node_modules/.bin/sluice'), 'utf8')).toContain('node')
  // It reads files by a module of its own that is built with the library.
  const { code, err } = await run(process.execPath, [sluice, 'info', 'train.js'], { cwd: project })
  expect({ code, err: err.split('\n')[0] }).toEqual({ code: 1, err: expect.stringMatching(/safetensors/) })
})

inTurn(5)('the program trains where the package is installed', async () => {
  const sluice = join(project, 'node_modules/sluice/cli/main.mjs')
  const args = [sluice, 'train', '--hidden', '8', '--batch', '64', '--iterations', '10', '--json']
  const { out, err } = await run(process.execPath, args, { cwd: project, env: { SLUICE_ADAPTER: 'swiftshader' } })
  const end = out.split('\n').find((line) => line.includes('"end"'))
  expect(JSON.parse(end ?? JSON.stringify(err))).toMatchObject({ kind: 'end', step: 10, file: 'english.safetensors', stopped: false })
  expect(existsSync(join(project, 'english.safetensors'))).toBe(true)
})

test('a plain page with an import map trains', async () => {
  const map = JSON.stringify({ imports: { sluice: './node_modules/sluice/dist/sluice.js' } })
  expectLearned(await told(`<script type="importmap">${map}</script><script type="module" src="./page.js"></script>`))
})

test('a strict user of TypeScript 6 compiles, declarations of libraries included', async () => {
  expect(await compile(join(projectRoot, 'node_modules'), 'nodenext', [])).toBe('')
})

inTurn(4)('TypeScript 5.7 compiles too, with @webgpu/types', async (context) => {
  const folder = await toolOr(context, 'typescript@5.7')
  link(project, '@webgpu/types', join(projectRoot, 'node_modules'))
  expect(await compile(folder, 'bundler', ['@webgpu/types'])).toBe('')
})

/** What a compiler says. @param folder of node_modules with the compiler */
async function compile(folder: string, moduleResolution: 'nodenext' | 'bundler', types: readonly string[]): Promise<string> {
  const module = moduleResolution === 'nodenext' ? 'nodenext' : 'esnext'
  const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true }
  const compilerOptions = { module, moduleResolution, types, noEmit: true, ...strict, target: 'es2022', lib: ['es2022', 'dom'] }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['user.mts'] }))
  return (await run(process.execPath, [join(folder, 'typescript/bin/tsc'), '-p', project])).out
}

test('publint has nothing to say', async () => {
  const { publint } = await import('publint')
  const { messages } = await publint({ pkgDir: join(project, 'node_modules/sluice'), strict: true })
  expect(messages.filter(({ code }) => code !== 'USE_FILES')).toEqual([])
})

inTurn(5)('are the types wrong? No', async (context) => {
  const folder = await toolOr(context, '@arethetypeswrong/cli@0.18')
  const { out, code } = await run(process.execPath, [
    join(folder, '@arethetypeswrong/cli/dist/index.js'),
    tarball,
    '--format',
    'ascii',
    '--no-emoji',
    '--profile',
    'node16',
    // Node requires ES modules from 20.19 on, which `engines` asks for.
    '--ignore-rules',
    'cjs-resolves-to-esm',
  ])
  expect(`${out}${code}`).toMatch(/0$/)
})

inTurn(5)('Vite bundles it, with a worker that trains', async () => {
  const { build } = await import('vite')
  writeFileSync(join(project, 'index.html'), '<script type="module" src="./with-worker.js"></script>')
  await build({
    root: project,
    base: './',
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { target: 'es2023', outDir: join(project, 'vite') },
  })
  const script = readdirSync(join(project, 'vite/assets')).find((name) => /^index-.*\.js$/.test(name))!
  expectLearned(await told(`<script type="module" src="./vite/assets/${script}"></script>`))
})

inTurn(5)('esbuild bundles it', async (context) => {
  const folder = await toolOr(context, 'esbuild@0.28')
  const args = ['page.js', '--bundle', '--format=esm', '--target=es2022', '--outfile=esbuild/page.js', '--log-level=warning']
  expect(await run(join(folder, 'esbuild/bin/esbuild'), args, { cwd: project })).toMatchObject({ code: 0, err: '' })
  expectLearned(await told('<script type="module" src="./esbuild/page.js"></script>'))
})

inTurn(5)('webpack 5 bundles it, with a worker that trains', async (context) => {
  const folder = await toolOr(context, 'webpack@5', 'webpack-cli')
  const config = {
    mode: 'production',
    entry: './with-worker.js',
    experiments: { outputModule: true },
    output: { module: true, filename: 'page.js', path: join(project, 'webpack') },
    performance: { hints: false },
  }
  writeFileSync(join(project, 'webpack.config.js'), `export default ${JSON.stringify(config)}`)
  const { code, out } = await run(process.execPath, [join(folder, 'webpack-cli/bin/cli.js'), '--config', 'webpack.config.js'], {
    cwd: project,
    env: { NODE_PATH: folder },
  })
  expect(code, out).toBe(0)
  expect(out).not.toMatch(/WARNING|ERROR/)
  expectLearned(await told('<script type="module" src="./webpack/page.js"></script>'))
})

/** Dawn, of the bench's packages if they are installed; and a software driver where there is no GPU. */
async function dawn(context: Pick<TestContext, 'skip'>): Promise<NodeJS.ProcessEnv> {
  const bench = join(projectRoot, 'test/bench/node_modules')
  link(project, 'webgpu', existsSync(join(bench, 'webgpu')) ? bench : await toolOr(context, 'webgpu@0.6'))
  return vulkan(context)
}

function vulkan(context: Pick<TestContext, 'skip'>): NodeJS.ProcessEnv {
  const env = softwareVulkan()
  if (env === undefined) context.skip('there is neither a GPU nor a software driver of Vulkan')
  return env!
}

inTurn(5)('Node trains with Dawn', async (context) => {
  const { out, err } = await run(process.execPath, ['dawn.js'], { cwd: project, env: await dawn(context) })
  expectLearned(JSON.parse(out || JSON.stringify(err)))
})

inTurn(5)('Bun trains with Dawn', async (context) => {
  const bun = await program(context, 'bun', ['bun@1', '@oven/bun-linux-x64@1'], ['@oven/bun-linux-x64/bin/bun'])
  const { out, err } = await run(bun, ['dawn.js'], { cwd: project, env: await dawn(context) })
  expectLearned(JSON.parse(out || JSON.stringify(err)))
})

inTurn(5)('Deno trains with its own WebGPU', async (context) => {
  const deno = await program(context, 'deno', ['deno@2'], ['@deno/linux-x64-glibc/deno', '@deno/darwin-arm64/deno'])
  const { out, err } = await run(deno, ['run', '--allow-all', '--no-lock', 'deno.js'], { cwd: project, env: vulkan(context) })
  expectLearned(JSON.parse(out || JSON.stringify(err)))
})

/** A runtime: one that is installed, or one of npm. */
async function program(context: Pick<TestContext, 'skip'>, name: string, packages: string[], files: string[]): Promise<string> {
  if ((await run(name, ['--version'])).code === 0) return name
  const folder = await toolOr(context, ...packages)
  const file = files.map((path) => join(folder, path)).find((path) => existsSync(path))
  if (!file) context.skip(`${name} is not installed, and its package came without the program`)
  return file!
}
