// Where results are kept: a JSON file that grows as more is measured, and its picture.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Options } from './options'
import { picture } from './picture'
import { merge, renew, type Results } from './results'
import { report, withResults, withSummary } from './table'

export class Store {
  file: string | undefined
  results: Results | undefined
  readonly #before: Results | undefined
  readonly #others: readonly Results[]

  /** @throws Error if a file to merge is not there. */
  constructor(
    private readonly options: Pick<Options, 'into' | 'merge' | 'readme'>,
    private readonly folder: string,
  ) {
    const { into } = options
    if (into !== undefined && existsSync(into)) this.#before = read(into)
    this.#others = options.merge.map(read)
  }

  /** Writes down what was found so far, in one run, together with what there was before it. */
  save(found: Results): void {
    this.#write(
      this.file ?? this.options.into ?? join(this.folder, `${slug(found.adapter)}-${found.date}.json`),
      this.#before ? renew(this.#before, found) : found,
    )
  }

  /** Takes the results of a file as they are, and the rows to merge into it. */
  open(file: string): void {
    this.#write(file, read(file))
  }

  #write(file: string, results: Results): void {
    this.file = file
    this.results = this.#others.reduce(merge, results)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${JSON.stringify(this.results, null, 1)}\n`)
  }

  /** Prints the tables, draws the picture beside the file and, if it was asked for, writes them into the pages of `root`. */
  finish(say: (line: string) => void, root?: string): void {
    if (!this.results || !this.file) throw new Error('Nothing was measured. Do works= and kinds= fit together?')
    say(`\n${report(this.results)}\n`)
    const drawing = this.file.replace(/(\.json)?$/, '.svg')
    if (this.results.works.length > 0) writeFileSync(drawing, picture(this.results))
    say(`${this.file} has the results, ${drawing} draws them.`)
    if (root === undefined || !this.options.readme) return
    const { results } = this
    const write = (name: string, change: (page: string, file: string) => string) => {
      const file = join(root, name)
      writeFileSync(file, change(readFileSync(file, 'utf8'), file))
    }
    for (const name of ['README.md', 'README.zh.md']) write(name, (page) => withSummary(page, results))
    write('docs/performance.md', (page, file) => withResults(page, results, relative(dirname(file), drawing).replaceAll('\\', '/')))
  }
}

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)

function read(file: string): Results {
  if (!existsSync(file)) throw new Error(`There is no ${file}`)
  const text = readFileSync(file, 'utf8')
  try {
    return JSON.parse(text) as Results
  } catch (error) {
    throw new Error(`${file} is not a result file: ${(error as Error).message}. Name one that the bench or pytorch.py has written`)
  }
}
