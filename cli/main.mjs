#!/usr/bin/env node
// The command line of Sluice: `npx sluice`.
import { readFileSync } from 'node:fs'
import { commands } from './commands/index.mjs'
import { runCommand, UsageError } from './errors.mjs'
import { parse, rowsOf, suggestion } from './options.mjs'
import { put, useJson } from './output.mjs'
import { runtimes } from './runtime/runtime.mjs'

/** @satisfies {import('./options.mjs').Options} */
const common = {
  json: { about: 'one JSON object a line, for programs', kind: 'flag' },
  runtime: { argument: 'NAME', about: 'chrome (headless) or dawn (npm package webgpu)', kind: runtimes },
  help: { about: 'this list', kind: 'flag', short: 'h' },
}

const top = () =>
  [
    'sluice: trains and runs recurrent networks on WebGPU, in a terminal.',
    '',
    ...Object.values(commands).map(({ usage, about }) => `  sluice ${usage.padEnd(30)} ${about}`),
    '',
    ...rowsOf(common),
    `  ${'--version'.padEnd(20)} the version`,
    '',
    'sluice COMMAND --help lists the options of a command. WebGPU comes from headless',
    'Chrome or Dawn, whichever is there. Without TEXT, train takes a built-in text.',
    'Exit codes: 0 done, 1 failed, 2 not understood, 130 or 143 stopped by a signal.',
  ].join('\n')

/** @param {string} name @param {import('./commands/index.mjs').Command} command */
const helpOf = (name, { usage, about, options, examples }) =>
  [`sluice ${usage}`, `  ${about}`, '', ...rowsOf({ ...options, ...common }), '', ...examples.map((example) => `  ${example}`)].join('\n')

await runCommand(async () => {
  const [first, ...rest] = process.argv.slice(2)
  // `sluice help train` is `sluice train --help`.
  const [name, args] = first === 'help' && rest[0] !== undefined && !rest[0].startsWith('-') ? [rest[0], ['--help', ...rest.slice(1)]] : [first, rest]
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(top())
    return 0
  }
  if (name === '--version') {
    console.log(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version)
    return 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) throw new UsageError(`${JSON.stringify(name)} is not a command.${suggestion(name, Object.keys(commands))} sluice --help lists the commands.`)
  useJson(args.includes('--json'))
  try {
    const given = parse(args, { ...command.options, ...common }, { help: `sluice ${name} --help`, most: command.most })
    if (given.options.help !== undefined) {
      console.log(helpOf(name, command))
      return 0
    }
    return await command.run(given)
  } catch (error) {
    const { message, code } = /** @type {Error & { code?: string }} */ (error)
    put({ kind: 'error', message, ...(code !== undefined && { code }) })
    throw error
  }
})
