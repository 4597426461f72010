/** The id of the panel, as the manifest names it. */
export const PANEL_ID = 'imprint'
