// The cards that other sites make of a link to the page. They need the whole address of the picture, which only who publishes the site
// knows: SITE_URL=https://example.org/sluice/ npm run site. Without it the picture keeps its relative address, which many sites do not load.
import type { Plugin } from 'vite'

/** The head of the page with whole addresses, if the site's is known. @throws Error if it is none */
export function withAddresses(html: string, site: string | undefined): string {
  if (!site) return html
  if (!URL.canParse(site) || !/^https?:\/\/.*\/$/.test(site))
    throw new Error(`SITE_URL is ${site}, expected the address of the folder of the page, such as https://example.org/sluice/, with the slash at its end`)
  return html
    .replace(/(<meta property="og:image" content=")\.\/([^"]+)/, (_, before: string, file: string) => before + new URL(file, site).href)
    .replace(/( *)(<meta property="og:type")/, (_, indent: string, tag: string) => `${indent}<meta property="og:url" content="${site}" />\n${indent}${tag}`)
}

export const social: Plugin = {
  name: 'sluice:social',
  apply: 'build',
  transformIndexHtml: (html) => withAddresses(html, process.env['SITE_URL']),
}
