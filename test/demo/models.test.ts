// Models in the browser: saved, recalled, renamed, deleted, and as files.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readSafetensors } from '../../src/formats/safetensors'
import { small, useBrowser, visit, type Person } from './person'
import { inTurn } from '../support/sampled'

useBrowser()

const names = (person: Person) => person.page.$$eval('.model-name', (found) => found.map((name) => name.textContent))
const stepOf = (person: Person) => person.text('[data-figure=step] .value')

async function trained(): Promise<Person> {
  const person = await visit()
  await person.press('#primary')
  await person.page.waitForFunction(() => Number(document.querySelector('[data-figure=step] .value')?.textContent.replace(/\D/g, '')) > 10)
  await person.press('#primary')
  await person.says('#status', /Paused/)
  return person
}

it('saves a model, renames it, loads it again after a reset, and deletes it', async () => {
  const person = await trained()
  const step = await stepOf(person)
  await person.press('#save-model')
  expect(await person.says('#models', /./)).toMatch(new RegExp(`The Keeper of the Lower Lock, GRU\\s+GRU 16 · Step ${step} · held-out perplexity \\d`))
  await person.press('[data-action=rename]')
  await person.fill('.models form input', 'My lock keeper')
  await person.page.keyboard.press('Enter')
  await person.says('.model-name', /My lock keeper/)

  await person.reset()
  await person.page.reload()
  expect(await person.says('#models', /./)).toContain('My lock keeper')
  await person.press('[data-action=load]')
  await person.says('#status', /Paused/)
  expect(await stepOf(person)).toBe(step)
  await person.press('#primary')
  await person.page.waitForFunction((step) => Number(document.querySelector('[data-figure=step] .value')?.textContent) > Number(step), {}, step)

  await person.press('[data-action=delete]')
  await person.page.locator('.model-actions button ::-p-text(No)').click()
  expect(await names(person)).toEqual(['My lock keeper'])
  await person.press('[data-action=delete]')
  await person.page.locator('.model-actions button ::-p-text(Yes, delete)').click()
  await person.says('.models', /None yet/)
})

inTurn(4)('saves a run that goes further before its new training has begun', async () => {
  const person = await visit({ settings: { ...small, epochs: '1', iterations: '' } })
  await person.choose('source', 'paste')
  await person.page.waitForSelector('#paste')
  await person.paste('#paste', 'the cat sat on the mat. '.repeat(40))
  await person.press('#primary')
  await person.says('#status', /Done/)
  const step = await stepOf(person)
  // The GPU is long in making it.
  const [worker] = person.page.workers()
  await worker!.evaluate(() => {
    const { popErrorScope } = GPUDevice.prototype
    GPUDevice.prototype.popErrorScope = async function () {
      GPUDevice.prototype.popErrorScope = popErrorScope
      await new Promise((resolve) => setTimeout(resolve, 4000))
      return popErrorScope.call(this)
    }
  })
  await person.press('#primary')
  await person.says('#status', /Learning/)
  await person.press('#save-model')
  expect(await person.says('.models', /Step \d|begun/)).toContain(`Step ${step} `)
})

inTurn(4)('hands a model out as a file that the library reads, and takes it in again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-export-'))
  try {
    const person = await trained()
    const client = await person.page.createCDPSession()
    await client.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder, browserContextId: person.page.browserContext().id! })
    await person.press('#export-model')
    const finished = () => readdirSync(folder).filter((name) => name.endsWith('.safetensors'))
    while (finished().length === 0) await new Promise((resolve) => setTimeout(resolve, 50))
    const [name] = finished()
    const { metadata } = readSafetensors(readFileSync(join(folder, name!)))
    expect(metadata).toMatchObject({ format: 'sluice', model: 'TextModel' })

    await person.reset()
    const input = await person.page.$('#import-model')
    await (input as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(join(folder, name!))
    await person.says('#models', /GRU 16 · Step/)
    await person.press('[data-action=load]')
    await person.says('#status', /Paused/)
    // It has written at once, at its own step, and trains on.
    const step = /Step (\d+)/.exec(await person.text('#models'))![1]!
    await person.says('.sample-head', new RegExp(`Step ${step}\\b`))
    expect(await stepOf(person)).toBe(step)
    await person.fill('#own-prefix', 'The')
    await person.press('#write')
    await person.says('#written', /Your sample/)
    await person.press('#primary')
    await person.page.waitForSelector('[data-figure=step] .value')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

it('says what is wrong with a file that is no model', async () => {
  const person = await visit()
  await person.drop('weights.safetensors', new TextEncoder().encode('not a model'))
  expect(await person.says('.models .failure', /./)).toContain('This file is not a model that Sluice can read.')
  expect(await names(person)).toEqual([])
})
