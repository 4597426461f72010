import type { PhotoshopModule } from '../types/photoshop.ts'
import type { UxpModule } from '../types/uxp.ts'

/** The modules Photoshop gives to the plugin. */
export const photoshopModule = (): PhotoshopModule => require('photoshop') as PhotoshopModule

/** The modules UXP gives to the plugin. */
export const uxpModule = (): UxpModule => require('uxp') as UxpModule
