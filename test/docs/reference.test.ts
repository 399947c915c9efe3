// The API reference can be made, and typedoc has nothing to complain of: no link that leads nowhere, no type that a reader meets
// and cannot look up.
import { join } from 'node:path'
import { Application, LogLevel, TSConfigReader, TypeDocReader } from 'typedoc'
import { expect, test } from 'vitest'
import { root } from './pages'

test('the reference has no warnings, and has what a user imports', async () => {
  const app = await Application.bootstrap({ options: join(root, 'typedoc.json'), skipErrorChecking: true }, [new TypeDocReader(), new TSConfigReader()])
  const said: string[] = []
  const { logger } = app
  const log = logger.log.bind(logger)
  logger.log = (message, level) => {
    if (level >= LogLevel.Warn) said.push(message)
    else log(message, level)
  }
  const project = await app.convert()
  app.validate(project!)
  expect(said).toEqual([])
  const names = project!.children!.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['TextModel', 'BlankModel', 'Network', 'Trainer', 'Predictor', 'RecurrentLayer', 'memoryOf', 'SluiceError']))
})
