// The commands of `sluice`.
import { convert } from './convert.mjs'
import { exportTorch } from './export.mjs'
import { fill, generate } from './generate.mjs'
import { info } from './info.mjs'
import { train } from './train.mjs'
import { measure, verify } from './verify.mjs'

/**
 * @typedef {object} Command
 * @property {string} usage its arguments
 * @property {string} about in a line
 * @property {import('../options.mjs').Options} options
 * @property {readonly string[]} examples
 * @property {number} most arguments
 * @property {(given: import('../options.mjs').Given) => Promise<number>} run gives the exit code
 */

/** @type {Record<string, Command>} */
export const commands = { train, generate, fill, info, convert, export: exportTorch, verify, measure }
