// The addresses of the cards that other sites make of a link to the page.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { withAddresses } from '../../tools/social'

const page = readFileSync('demo/index.html', 'utf8')

it('are whole where the address of the site is known', () => {
  const html = withAddresses(page, 'https://example.org/sluice/')
  expect(html).toContain('<meta property="og:image" content="https://example.org/sluice/train.png" />')
  expect(html).toContain('<meta property="og:url" content="https://example.org/sluice/" />')
  expect(html.replace(/.*og:url.*\n/, '').replace('https://example.org/sluice/train.png', './train.png')).toBe(page)
  expect(withAddresses(page, undefined)).toBe(page)
})

it.each(['example.org', 'https://example.org/sluice', 'ftp://example.org/'])('refuses %s', (site) => {
  expect(() => withAddresses(page, site)).toThrow(`SITE_URL is ${site}, expected the address of the folder of the page`)
})
