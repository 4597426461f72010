/** What a picture is made with, chosen in a real Chromium: model, adapter, LoRA, structure, guidance and sampler, all of it asked of the companion. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import type { ClientMessage } from '../../shared/protocol.ts'
import { recipeSchema } from '../../shared/recipe.ts'
import { fixture } from '../support/golden.ts'
import { button, card, imprint, shot, takeFox, useStudio, widen } from '../support/studio-page.ts'

const { withStudio } = useStudio()

/** The pictures asked for from now on. */
async function heard(page: Page): Promise<Extract<ClientMessage, { type: 'generate' }>[]> {
  const asked: Extract<ClientMessage, { type: 'generate' }>[] = []
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      if (typeof payload !== 'string') return
      const message = JSON.parse(payload) as ClientMessage
      if (message.type === 'generate') asked.push(message)
    }),
  )
  await page.reload()
  await page.getByText('Ready · CPU').waitFor()
  return asked
}

const list = (page: Page, name: string) => page.getByRole('combobox', { name, exact: true })
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })

async function type(page: Page, name: string, text: string): Promise<void> {
  await field(page, name).fill(text)
  await page.keyboard.press('Enter')
}

test('model, adapter, LoRA, structure, guidance and sampler are chosen, said while they are closed, and asked for', () =>
  withStudio(async (page) => {
    const asked = await heard(page)
    await button(page, 'Settings').click()
    await type(page, 'Another folder with models', join(fixture('models')))
    await page.getByRole('status').filter({ hasText: 'Changed.' }).waitFor()
    await list(page, 'Model').selectOption('tiny15')
    await button(page, 'Settings').click()

    await takeFox(page)
    await button(card(page, 'fox'), 'More').click()
    await list(page, 'Read by the adapter').selectOption('ip-adapter_tiny15')
    await button(page, '+ LoRAs').click()
    await list(page, 'Add a LoRA…').selectOption('tiny15-kohya')
    await type(page, 'Weight of tiny15-kohya as a number', '0,5')
    assert.equal(await list(page, 'Add a LoRA…').count(), 0, 'there is no other one to add')
    await button(page, '+ Structure').click()
    await button(page, 'Use selected layer').click()
    await page.getByRole('img', { name: 'Structure: fox' }).waitFor()
    await list(page, 'How it is read').selectOption('Read its edges')
    await shot(page, 'structure')
    await widen(page, 240)
    await shot(page.locator('#panel-column'), 'structure-240')
    await button(page, '− Structure').click()
    await page.getByText('Keeps the structure of “fox”').waitFor()
    await button(page, '+ Without, size, seed and more').click()
    await type(page, 'Steps', '2')
    await type(page, 'Width', '64')
    await type(page, 'Guidance', '3.5')
    await list(page, 'Sampler').selectOption('Euler a')
    await shot(page, 'made-with')
    await widen(page, 240)
    await shot(page.locator('#panel-column'), 'made-with-240')
    await button(page, '− Without, size, seed and more').click()
    await page.getByText('64 × 64 · 2 steps · guidance 3.5 · Euler a').waitFor()
    await button(page, '− LoRAs').click()
    await page.getByText('tiny15-kohya', { exact: true }).waitFor()

    await imprint(page, 'a house')
    const { checkpoint, loras, guidance, sampler, references, controls } = recipeSchema.parse(asked.at(-1)!.recipe)
    assert.deepEqual(
      controls?.map(({ controlnet, preprocess }) => ({ controlnet, preprocess })),
      [{ controlnet: 'tiny-cn', preprocess: 'canny' }],
    )
    assert.deepEqual(
      { checkpoint, loras, guidance, sampler, adapter: references?.[0]?.adapter },
      {
        checkpoint: 'tiny15',
        loras: [{ file: 'tiny15-kohya', weight: 0.5 }],
        guidance: 3.5,
        sampler: 'euler_ancestral',
        adapter: 'ip-adapter_tiny15',
      },
    )

    await button(page, '+ LoRAs').click()
    await button(page, 'Remove').last().click()
    await list(page, 'Add a LoRA…').waitFor()
    await imprint(page, 'a boat')
    assert.equal(recipeSchema.parse(asked.at(-1)!.recipe).loras, undefined)
  }))
