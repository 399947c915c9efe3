// What pages promise: links lead somewhere, commands exist, the front page stays short, and the Chinese one says the same.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { joinImports, kernelFiles } from '../../shaders/plugin'
import { anchorsOf, blocksOf, linksOf, pages, read, root } from './pages'

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }

/** Languages of blocks that some test runs, compiles or reads: code.test.ts has ts, js and html. `text` is shown and not run. */
// Of the last, Svelte's own compiler tests the blocks.
const known = ['ts', 'tsx', 'js', 'html', 'json', 'sh', 'wgsl', 'text', 'javascript']

describe.each(pages)('%s', (page) => {
  const text = read(page)

  test('its links lead to files and headings that are there', () => {
    for (const target of linksOf(text)) {
      if (/^https?:/.test(target)) continue
      const [path, anchor] = target.split('#') as [string, string?]
      const file = path === '' ? page : join(dirname(page), decodeURI(path)).replaceAll('\\', '/')
      expect(existsSync(join(root, file)), `${target} is not there`).toBe(true)
      if (anchor !== undefined && file.endsWith('.md')) expect(anchorsOf(read(file)), `${target}: no such heading`).toContain(anchor)
    }
  })

  test('the npm scripts that it names exist', () => {
    for (const [command, name] of text.matchAll(/\bnpm (?:run )?([a-z][\w:-]*)/g)) {
      if (/^npm (install|ci|init|view|pack|publish|link)\b/.test(command) || (!command.startsWith('npm run ') && !['start', 'test'].includes(name!))) continue
      expect(Object.keys(scripts), `${command}: package.json has no such script`).toContain(name)
    }
  })

  test('each block says its language, one that a test knows', () => {
    for (const { language, line } of blocksOf(text)) expect(known, `line ${line}: \`\`\`${language}`).toContain(language)
  })

  test('blocks of JSON can be read, and blocks of WGSL stand so in a kernel', () => {
    for (const { language, code, line } of blocksOf(text)) {
      if (language === 'json') expect(() => void JSON.parse(code), `line ${line}`).not.toThrow()
      if (language === 'wgsl')
        expect(
          [...kernelFiles().values()].some((file) => [false, true].some((subgroups) => joinImports(file, subgroups).includes(code))),
          `line ${line}: no kernel has this`,
        ).toBe(true)
    }
  })

  test('lines of a shell begin with a program that the project or its user has', () => {
    for (const { language, code, line } of blocksOf(text)) {
      if (language !== 'sh') continue
      for (const command of code.split('\n')) {
        const program = command
          .replace(/#.*/, '')
          .trim()
          .replace(/^(?:[A-Z_]+=\S+ +)+/, '')
          .split(/\s/)[0]!
        expect(['', 'npm', 'npx', 'node', 'git', 'cd', 'bash', 'python3', 'pip', 'bun', 'torchrun'], `line ${line}: ${command}`).toContain(program)
      }
    }
  })
})

test('the front page fits into 8,000 bytes', () => {
  expect(Buffer.byteLength(read('README.md'))).toBeLessThanOrEqual(8000)
})

test('the Chinese front page has the same code, commands, table of results and links', () => {
  const [english, chinese] = ['README.md', 'README.zh.md'].map(read) as [string, string]
  const code = (text: string) => blocksOf(text).map(({ language, code }) => [language, code.replace(/ *(\/\/|#) .*$/gm, '')])
  const results = (text: string) => /<!-- bench summary[^]*<!-- end of bench summary -->/.exec(text)?.[0]
  expect(code(chinese)).toEqual(code(english))
  expect(results(english)).toMatch(/\| LSTM .*\| ×/)
  expect(results(chinese)).toBe(results(english))
  const targets = (text: string) =>
    linksOf(text)
      .filter((target) => !/^README/.test(target))
      .sort()
  expect(targets(chinese)).toEqual(targets(english))
})

test('every page of docs/ is in its index', () => {
  const index = linksOf(read('docs/README.md')).map((target) => join('docs', target).replaceAll('\\', '/'))
  const listed = (page: string) => index.some((target) => target === page || (!target.endsWith('.md') && page.startsWith(`${target}/`)))
  const missing = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md' && page.split('/').length === 2 && !listed(page))
  expect(missing).toEqual([])
})
