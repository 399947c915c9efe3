// What compiling for GPUs that are not there needs: Mesa's drivers and null devices from Debian sid, in a folder of its own, by
// apt's own machinery and from the mirror that this machine uses; Intel's null device, which no package has, from Mesa's source; and
// the layer. Nothing is installed. Each part that cannot be had is told in a sentence, and the rest goes on.
import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { projectRoot } from '../../../demo/launch/ensure.mjs'
import { messageOf } from '../../../cli/errors.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const exec = promisify(execFile)

/** Where all of it lies; SLUICE_COMPILE_CACHE names another folder, for several checkouts to share. */
export const cache = process.env.SLUICE_COMPILE_CACHE ?? join(projectRoot, 'node_modules/.cache/sluice-compile')
const root = join(cache, 'root')
const libraries = join(root, 'usr/lib/x86_64-linux-gnu')
const intelShim = join(cache, 'libintel_noop_drm_shim.so')
const versionFile = join(cache, 'version.json')

/** @typedef {import('./families.mjs').Family} Family */
/** @typedef {{ mesa: string, missing: (family: Family) => string | null, command: (family: Family, folder: string) => { file: string, args: string[], env: Record<string, string | undefined> } }} Tools */

/** Runs a program. @param {string} file @param {string[]} args @param {{ cwd?: string, env?: Record<string, string | undefined> }} [options] */
async function run(file, args, options = {}) {
  try {
    const { stdout } = await exec(file, args, { maxBuffer: 2 ** 28, ...options, env: { ...process.env, ...options.env } })
    return stdout
  } catch (error) {
    const { stderr = '', stdout = '' } = /** @type {{ stderr?: string, stdout?: string }} */ (error)
    const last = `${stdout}\n${stderr}`
      .trim()
      .split('\n')
      .filter((line) => !/^W:/.test(line))
      .slice(-3)
      .join(' ')
    throw new Error(`${file} ${args[0] ?? ''} ended with: ${last || messageOf(error)}`)
  }
}

/** Where this machine gets Debian from, as its own apt sources say: address and key ring. */
function mirror() {
  const folder = '/etc/apt/sources.list.d'
  const files = ['/etc/apt/sources.list', ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [])].filter((file) =>
    existsSync(file),
  )
  const texts = files.map((file) => readFileSync(file, 'utf8').replace(/^\s*#.*$/gm, ''))
  const address = texts.flatMap((text) => text.match(/\bhttps?:\/\/\S+/g) ?? []).find((one) => /\/debian\/?$/.test(one))
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg'
  if (!address) throw new Error('the apt sources of this machine name no mirror of Debian, so the drivers cannot be fetched')
  if (!existsSync(keys)) throw new Error(`${keys} is not there, so packages of Debian cannot be checked: install debian-archive-keyring`)
  return { address: address.replace(/\/$/, ''), keys }
}

/** apt with lists, state and downloads of its own, that knows sid, and the sources of the last release beside it. */
async function ownApt() {
  const { address, keys } = mirror()
  const folder = join(cache, 'apt')
  for (const name of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, 'status'), '')
  const from = `[signed-by=${keys}] ${address}`
  writeFileSync(join(folder, 'sources.list'), `deb ${from} sid main\ndeb-src ${from} sid main\ndeb-src ${from} stable main\n`)
  const settings = {
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': '',
    'APT::Architecture': 'amd64',
    'Acquire::Languages': 'none',
  }
  writeFileSync(
    join(folder, 'apt.conf'),
    Object.entries(settings)
      .map(([name, value]) => `${name} "${value}";\n`)
      .join(''),
  )
  const env = { APT_CONFIG: join(folder, 'apt.conf'), LC_ALL: 'C' }
  await run('apt-get', ['update'], { env })
  return { folder, env }
}

/** @param {string} deb @param {string} into */
const unpack = (deb, into) => run('dpkg-deb', ['-x', deb, into])

/** The drivers with all that they need, and the headers of Vulkan. @param {(line: string) => void} say */
async function fetchDrivers(say) {
  say(`The first time, Mesa's drivers of Debian sid are fetched into ${cache} (85 MB, 420 MB unpacked); nothing is installed.`)
  const { folder, env } = await ownApt()
  await run('apt-get', ['install', '-y', '--download-only', 'mesa-vulkan-drivers', 'mesa-drm-shim', 'libvulkan-dev'], { env })
  const policy = await run('apt-cache', ['policy', 'mesa-vulkan-drivers'], { env })
  const unpacked = join(cache, 'unpacking')
  rmSync(unpacked, { recursive: true, force: true })
  mkdirSync(unpacked)
  const archives = join(folder, 'cache/archives')
  for (const name of readdirSync(archives).filter((name) => name.endsWith('.deb'))) await unpack(join(archives, name), unpacked)
  rmSync(archives, { recursive: true })
  rmSync(root, { recursive: true, force: true })
  renameSync(unpacked, root)
  writeFileSync(versionFile, JSON.stringify({ mesa: /Candidate: (\S+)/.exec(policy)?.[1] ?? 'unknown' }))
}

/** Intel's null device, of Mesa's source. The source of the very version is not on every mirror; an older one serves, as it only
 * stands in for the kernel. @param {(line: string) => void} say */
async function buildIntelShim(say) {
  say("Intel's null device is built from Mesa's source (50 MB to fetch; some minutes).")
  const { env } = await ownApt()
  const build = join(cache, 'intel')
  rmSync(build, { recursive: true, force: true })
  mkdirSync(build)
  const known = await run('apt-cache', ['showsrc', 'mesa'], { env })
  const versions = [...new Set([...known.matchAll(/^Version: (\S+)/gm)].map((found) => String(found[1])))]
  versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
  let source = ''
  let why = 'no mirror has it'
  for (const version of versions) {
    try {
      await run('apt-get', ['source', '--download-only', '--tar-only', `mesa=${version}`], { cwd: build, env })
      source = readdirSync(build).find((name) => /\.orig\.tar\.\w+$/.test(name)) ?? ''
      if (source) break
    } catch (error) {
      why = messageOf(error)
    }
  }
  if (!source) throw new Error(`Mesa's source could not be fetched: ${why}`)
  await run('tar', ['xf', source], { cwd: build })
  const tree = join(build, String(readdirSync(build).find((name) => statSync(join(build, name)).isDirectory())))

  // What the build needs, unpacked beside it: Python modules, headers, and libraries to link with.
  const needs = join(build, 'needs')
  mkdirSync(needs)
  await run(
    'apt-get',
    ['download', 'meson', 'python3-mako', 'python3-markupsafe', 'python3-packaging', 'python3-yaml', 'libdrm-dev', 'libdrm2', 'libexpat1-dev', 'libexpat1'],
    { cwd: build, env },
  )
  for (const name of readdirSync(build).filter((name) => name.endsWith('.deb'))) await unpack(join(build, name), needs)
  const lib = join(needs, 'usr/lib/x86_64-linux-gnu')
  // They are made for another C library than this machine's.
  for (const name of readdirSync(lib).filter((name) => name.endsWith('.a'))) rmSync(join(lib, name))
  for (const name of readdirSync(join(lib, 'pkgconfig'))) {
    const file = join(lib, 'pkgconfig', name)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^prefix=.*/m, `prefix=${join(needs, 'usr')}`))
  }
  // Of no use for what is built here, but asked for.
  writeFileSync(join(build, 'native.ini'), "[binaries]\nbison = 'true'\nflex = 'true'\n")
  const paths = { PYTHONPATH: join(needs, 'usr/lib/python3/dist-packages'), PKG_CONFIG_PATH: join(lib, 'pkgconfig') }
  const off = ['glx', 'egl', 'gbm', 'llvm', 'zstd', 'xmlconfig', 'shader-cache', 'gles1', 'gles2', 'lmsensors', 'valgrind', 'libunwind'].map(
    (name) => `-D${name}=disabled`,
  )
  await run(
    'python3',
    [
      '-m',
      'mesonbuild.mesonmain',
      'setup',
      join(tree, 'build'),
      tree,
      '--native-file',
      join(build, 'native.ini'),
      '-Dbuildtype=release',
      '-Db_ndebug=true',
      '-Doptimization=1',
      '-Dtools=drm-shim,intel',
      '-Dexpat=enabled',
      '-Dopengl=false',
      '-Dvulkan-drivers=',
      '-Dgallium-drivers=',
      '-Dplatforms=',
      '-Dvideo-codecs=',
      ...off,
    ],
    { env: paths },
  )
  await run('ninja', ['-C', join(tree, 'build'), 'src/intel/tools/libintel_noop_drm_shim.so'], { env: paths })
  copyFileSync(join(tree, 'build/src/intel/tools/libintel_noop_drm_shim.so'), intelShim)
  rmSync(build, { recursive: true, force: true })
}

const manifest = {
  file_format_version: '1.2.0',
  layer: {
    name: 'VK_LAYER_SLUICE_statistics',
    type: 'GLOBAL',
    library_path: './liblayer.so',
    api_version: '1.3.0',
    implementation_version: '1',
    description: 'Writes down what the driver says of each compute pipeline',
  },
}

async function buildLayer() {
  const made = join(cache, 'liblayer.so')
  const source = join(here, 'layer.c')
  if (existsSync(made) && statSync(made).mtimeMs > statSync(source).mtimeMs) return
  await run('cc', ['-O1', '-shared', '-fPIC', '-I', join(root, 'usr/include'), '-o', made, source])
  writeFileSync(join(cache, 'layer.json'), JSON.stringify(manifest))
}

/** What these families need. @param {readonly Family[]} families @param {(line: string) => void} say
 * @throws Error with what is missing for any family to be compiled for */
export async function ensureTools(families, say) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`Mesa's null devices run on Linux on x64, and this is ${process.platform} on ${process.arch}`)
  mkdirSync(cache, { recursive: true })
  if (!existsSync(versionFile)) await fetchDrivers(say)
  await buildLayer()
  let intel = ''
  if (!existsSync(intelShim) && families.some(({ shim }) => shim === 'intel')) await buildIntelShim(say).catch((error) => void (intel = messageOf(error)))
  const { mesa } = JSON.parse(readFileSync(versionFile, 'utf8'))
  const shimOf = (/** @type {Family} */ { shim }) => (shim === 'intel' ? intelShim : join(libraries, `lib${shim}_noop_drm_shim.so`))
  return /** @type {Tools} */ ({
    mesa,
    missing(family) {
      if (family.shim === 'intel' && intel) return `Intel's null device could not be built: ${intel}.`
      if (!existsSync(shimOf(family))) return `The package mesa-drm-shim has no null device for it (${shimOf(family)}).`
      return existsSync(join(root, `usr/share/vulkan/icd.d/${family.driver}_icd.json`))
        ? null
        : `The package mesa-vulkan-drivers has no driver ${family.driver}.`
    },
    command(family, folder) {
      const icd = join(folder, `${family.driver}_icd.json`)
      const described = JSON.parse(readFileSync(join(root, `usr/share/vulkan/icd.d/${family.driver}_icd.json`), 'utf8'))
      described.ICD.library_path = join(libraries, described.ICD.library_path.split('/').at(-1))
      writeFileSync(icd, JSON.stringify(described))
      return {
        // Debian's own loader, so that it does not matter which C library this machine has.
        file: join(root, 'usr/lib64/ld-linux-x86-64.so.2'),
        args: ['--library-path', libraries, '--preload', shimOf(family), process.execPath],
        env: {
          ...family.environment,
          VK_DRIVER_FILES: icd,
          VK_LAYER_PATH: cache,
          VK_INSTANCE_LAYERS: manifest.layer.name,
          MESA_SHADER_CACHE_DISABLE: 'true',
          XDG_RUNTIME_DIR: folder,
        },
      }
    },
  })
}
