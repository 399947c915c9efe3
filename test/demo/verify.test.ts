// The views that verify and measure the GPU: behind the adapter's name, and not among the tabs.
import { readFileSync } from 'node:fs'
import { deflateRawSync } from 'node:zlib'
import type { GpuMeasurement } from 'sluice'
import { describe, expect, it } from 'vitest'
import { useBrowser, visit } from './person'
import { screensOf } from './screens'

useBrowser()

describe.each(screensOf('verify'))('$name', ({ screen }) => {
  it('is reached from the name of the adapter, says how far it is, and can be stopped', async () => {
    const person = await visit({ screen })
    await person.says('#adapter a', /swiftshader/i)
    await person.press('#adapter a')
    await person.says('.verify h2', /^Verify this GPU$/)
    expect(await person.page.$('.tabs [href="#verify"]')).toBe(null)
    expect(await person.accessibilityFaults()).toEqual([])
    expect(await person.overflows()).toBe(false)
    await person.press('.verify button.primary')
    await person.says('.verify [role=status]', /\d+ of \d+ checks/)
    if (process.env.SLUICE_PICTURES) await person.page.screenshot({ path: `${process.env.SLUICE_PICTURES}/verify-${screen.width}.png` })
    await person.press('.verify button:not(.primary)')
    await person.page.waitForSelector('.verify button.primary')
  })
})

describe.each(screensOf('measure'))('$name', ({ screen }) => {
  it('is beside it; shows the measurement of a link as tables and a picture, and says so of a link that was cut off', async () => {
    const file = readFileSync(new URL('../bench/gpus/measure-swiftshader.json', import.meta.url), 'utf8')
    // Of somebody else: no name of theirs is HTML.
    const measurement = { ...(JSON.parse(file) as GpuMeasurement), peers: { '<img src=x onerror=alert(1)>': 'x' } }
    const packed = deflateRawSync(JSON.stringify(measurement)).toString('base64url')
    const person = await visit({ screen, view: `measure=${packed}` })
    await person.says('.measure h2', /^Measure this GPU$/)
    await person.says('.gpu-views [aria-current]', /^Measure$/)
    await person.says('.measure-summary', new RegExp(measurement.adapter.name))
    await person.says('.measure-picture svg', /<img src=x/)
    expect(await person.page.$('.measure-picture svg circle')).not.toBe(null)
    expect(await person.page.$('img[src=x]')).toBe(null)
    expect(await person.accessibilityFaults()).toEqual([])
    expect(await person.overflows()).toBe(false)
    const cut = await visit({ screen, view: `measure=${packed.slice(0, 300)}` })
    await cut.says('.measure [role=alert]', /cannot be read/)
  })
})

describe.each(screensOf('measure').slice(0, 1))('$name', ({ screen }) => {
  it('measures, says what it does, and can be stopped', async () => {
    const person = await visit({ screen, view: 'measure' })
    await person.press('.measure button.primary')
    await person.says('.measure [role=status]', /Measuring: what the adapter can do/)
    await person.press('.measure-actions button:not(.primary)')
    await person.page.waitForSelector('.measure button.primary')
  })
})
