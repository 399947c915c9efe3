// `npm run release -- 0.2.0`: cuts the changelog at a version, sets it in package.json and the lockfile, commits and tags.
// It pushes nothing and publishes nothing.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot, runCommand, UserError } from '../demo/launch/ensure.mjs'

const usage = 'npm run release -- 0.2.0 [--dry-run] [--no-test]'

/** @param {string[]} args @returns {{ version: string, dryRun: boolean, test: boolean }} */
export function parseRelease(args) {
  const options = args.filter((arg) => arg.startsWith('-'))
  const [version, ...more] = args.filter((arg) => !arg.startsWith('-'))
  const unknown = options.find((option) => !['--dry-run', '--no-test'].includes(option))
  if (unknown) throw new UserError(`${unknown} is not an option. ${usage}`)
  if (version === undefined || more.length > 0) throw new UserError(`Expected one version. ${usage}`)
  if (!/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9a-z.-]+)?$/i.test(version))
    throw new UserError(`The version is ${version}, expected one such as 0.2.0 or 1.0.0-rc.1. ${usage}`)
  return { version, dryRun: options.includes('--dry-run'), test: !options.includes('--no-test') }
}

/** Whether version a comes before b. @param {string} a @param {string} b */
export function isBefore(a, b) {
  /** @param {string} version */
  const parts = (version) => {
    const [numbers = '', ...label] = version.split('-')
    return { numbers: numbers.split('.').map(Number), label: label.join('-') }
  }
  const [one, other] = [parts(a), parts(b)]
  for (let i = 0; i < 3; i++) {
    const difference = (one.numbers[i] ?? 0) - (other.numbers[i] ?? 0)
    if (difference !== 0) return difference < 0
  }
  // A release candidate comes before its release.
  if (one.label === '' || other.label === '') return one.label !== '' && other.label === ''
  return one.label.localeCompare(other.label, 'en', { numeric: true }) < 0
}

/** The changelog with what is under «Unreleased» put under the version, and an empty «Unreleased» above it.
 * @param {string} changelog @param {string} version @param {string} date */
export function cutChangelog(changelog, version, date) {
  const heading = /^## Unreleased[ \t]*$/m.exec(changelog)
  if (!heading) throw new UserError('CHANGELOG.md has no heading "## Unreleased", under which what is new stands. Add it.')
  const end = heading.index + heading[0].length
  const next = changelog.slice(end).search(/^## /m)
  const news = changelog.slice(end, next < 0 ? undefined : end + next).trim()
  if (news.replace(/^#.*$/gm, '').trim() === '') throw new UserError('CHANGELOG.md has nothing under "## Unreleased". Say there what is new first.')
  const rest = next < 0 ? '' : `\n${changelog.slice(end + next)}`
  return `${changelog.slice(0, end)}\n\n## ${version} - ${date}\n\n${news}\n${rest}`
}

/**
 * @param {string[]} args
 * @param {{ root?: string, say?: (line: string) => void, today?: string, runTests?: () => boolean }} [how]
 */
export function release(args, { root = projectRoot, say = console.log, today = new Date().toISOString().slice(0, 10), runTests = () => testAll(root) } = {}) {
  const { version, dryRun, test } = parseRelease(args)
  /** @param {string[]} command */
  const git = (...command) => execFileSync('git', command, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  /** @param {string} name */
  const read = (name) => readFileSync(join(root, name), 'utf8')

  const tag = `v${version}`
  const manifest = read('package.json')
  const current = /** @type {{ version: string }} */ (JSON.parse(manifest)).version
  if (isBefore(version, current)) throw new UserError(`The version is ${version}, but package.json is at ${current}. Choose a later one.`)
  if (git('tag', '--list', tag) !== '') throw new UserError(`The tag ${tag} exists already. Choose another version.`)
  const changed = git('status', '--porcelain')
  if (changed !== '') throw new UserError(`The tree is not clean:\n${changed}\nCommit or stash that first.`)

  /** @type {Record<string, string>} */
  const files = {
    'CHANGELOG.md': cutChangelog(read('CHANGELOG.md'), version, today),
    'package.json': manifest.replace(/^(  "version": ")[^"]*(")/m, `$1${version}$2`),
  }
  if (existsSync(join(root, 'package-lock.json'))) {
    const lock = JSON.parse(read('package-lock.json'))
    lock.version = lock.packages[''].version = version
    files['package-lock.json'] = `${JSON.stringify(lock, null, 2)}\n`
  }
  const steps = `set ${version} in ${Object.keys(files).join(', ')}, commit and tag ${tag}`
  if (dryRun) return void say(`A dry run: nothing is changed. Would ${test ? 'run npm run test:all, ' : ''}${steps}.`)
  if (test && !runTests()) throw new UserError('The tests failed, so nothing was released.')
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text)
  try {
    git('commit', '--quiet', '--message', `Release ${version}`, '--', ...Object.keys(files))
    git('tag', '--annotate', tag, '--message', `Sluice ${version}`)
  } catch (error) {
    git('checkout', '--quiet', 'HEAD', '--', ...Object.keys(files))
    throw new UserError(`Git refused: ${String(/** @type {{ stderr?: string }} */ (error).stderr ?? error).trim()}`)
  }
  say(`Released ${version} as ${tag}. Push it with: git push --follow-tags`)
}

/** @param {string} root */
const testAll = (root) => spawnSync('npm', ['run', 'test:all'], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' }).status === 0

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runCommand(async () => {
    release(process.argv.slice(2))
    return 0
  })
}
