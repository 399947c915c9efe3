// The files that take the longest run first, so that no worker waits for another at the end. Vitest goes by what they took the last time,
// and where it does not know, as in a fresh checkout, by their size, which tells little here.
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The longest of each project, by a part of their path: they start browsers, or compile kernels for a hundred networks. */
export const longest = [
  'test/network.gpu',
  'test/recompute.gpu',
  'test/text/recover.gpu',
  'test/conformance/',
  'test/text/text-model.gpu',
  'test/tune.gpu',
  'test/not-finite.gpu',
  'test/kernels/',
  'test/launch/start',
  'test/launch/ending',
  'test/launch/foreign',
  'test/docs/code',
  'test/docs-frameworks',
  'test/examples/plain-page',
  'test/reference/',
  'test/demo/race',
  'test/demo/train',
  'test/demo/shell',
  'test/demo/gradients',
  'test/demo/recover',
  'test/demo/blank',
  'test/demo/cancel',
  'test/demo/xray',
]
const rank = ({ moduleId }: TestSpecification): number => {
  const file = moduleId.replaceAll('\\', '/')
  const place = longest.findIndex((part) => file.includes(part))
  return place < 0 ? longest.length : place
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    // What was measured here tells more.
    if (files.some(({ project, moduleId }) => this.ctx.cache.getFileTestResults(`${project.name}:${moduleId.slice(this.ctx.config.root.length + 1)}`)))
      return sorted
    // Files of a project lie together, and stay so.
    const places = new Map(sorted.map((file, i) => [file, i]))
    return sorted.toSorted((a, b) => (a.project === b.project ? rank(a) - rank(b) : 0) || places.get(a)! - places.get(b)!)
  }
}
