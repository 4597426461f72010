import assert from 'node:assert/strict'
import { get } from 'node:http'
import { test } from 'node:test'
import { serveStudio } from '../../plugin/studio/node/serve.ts'

test('a malformed address is refused, and the studio goes on serving', async (t) => {
  const studio = await serveStudio({ '/': import.meta.dirname })
  t.after(() => studio.close())
  const { port } = new URL(studio.url)
  const statusOf = (path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).once('error', reject)
    })
  for (const path of ['/%', '/%ff', '//']) assert.equal(await statusOf(path), 400, path)
  assert.equal(await statusOf('/serve.test.ts'), 200)
})
