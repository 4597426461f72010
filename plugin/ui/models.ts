import { useEffect, useState } from 'react'
import type { ModelRecord } from '../../shared/protocol.ts'
import { usePanel, usePanelState } from './panel-context.ts'

/** The models of a kind that can be used as they are; undefined until the companion has said which there are. */
export function useModels(role: ModelRecord['role']): readonly ModelRecord[] | undefined {
  const panel = usePanel()
  const { companion } = usePanelState()
  const [models, setModels] = useState<readonly ModelRecord[]>()
  const isReady = companion.kind === 'ready'
  useEffect(() => {
    if (!isReady) return setModels(undefined)
    let isShown = true
    void panel.models().then((found) => isShown && setModels(found))
    return () => void (isShown = false)
  }, [panel, isReady])
  return models?.filter((model) => model.role === role && !isWanting(model))
}

/** Whether something is missing without which a model cannot be used. */
export const isWanting = ({ missing = [] }: ModelRecord): boolean => missing.length > 0
