import { CHANGING } from './templates/change.ts'
import { CREATING } from './templates/create.ts'
import { LEAVING } from './templates/rename.ts'
import type { Template, TemplateInput, TemplateText } from './templates/text.ts'

const TEMPLATES = { ...CREATING, ...CHANGING, ...LEAVING } satisfies Readonly<Record<string, Template>>

export type TemplateType = keyof typeof TEMPLATES
/** The kinds of migrations there are templates for. */
export const TEMPLATE_TYPES = Object.keys(TEMPLATES) as readonly TemplateType[]

/** The text of the migrations of this type, mostly one; every one passes the checks and is proven as it stands. */
export const fillTemplate = (type: TemplateType, input: TemplateInput): readonly TemplateText[] =>
  [TEMPLATES[type](input)].flat()
