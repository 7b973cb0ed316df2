import type { PaydError } from 'payd'
import { type ReactNode, useId } from 'react'
import { useWords } from '../app/words.ts'

interface FieldProps {
  readonly label: string
  readonly hint?: ReactNode
  /** What is wrong with the value. */
  readonly problem?: PaydError | undefined
  readonly isOptional?: string | undefined
}

interface Ids {
  readonly id: string
  readonly 'aria-invalid': boolean
  readonly 'aria-describedby': string | undefined
}

/** A label, what is asked for, a hint and what is wrong with it, tied together for screen readers. */
export function Field({
  label,
  hint,
  problem,
  isOptional,
  children,
}: FieldProps & { readonly children: (ids: Ids) => ReactNode }) {
  const id = useId()
  const words = useWords(problem !== undefined)
  const about = problem === undefined ? hint : words(problem.code, problem.message).title
  return (
    <div className="flex flex-col gap-1">
      <label className="text-sm font-medium" htmlFor={id}>
        {label}
        {isOptional !== undefined && <span className="font-normal text-dim"> · {isOptional}</span>}
      </label>
      {children({ id, 'aria-invalid': problem !== undefined, 'aria-describedby': about ? `${id}-about` : undefined })}
      {about !== undefined && about !== '' && (
        <p className={`text-xs leading-4 ${problem === undefined ? 'text-dim' : 'text-bad'}`} id={`${id}-about`}>
          {about}
        </p>
      )}
    </div>
  )
}

/** One line of text. */
export function TextField(
  props: FieldProps & {
    readonly name?: string
    readonly value: string
    readonly onChange: (value: string) => void
    readonly type?: 'text' | 'email' | 'password' | 'date' | 'search' | 'url' | 'time' | 'number'
    readonly autoComplete?: string
    readonly inputMode?: 'decimal' | 'numeric'
    readonly isRequired?: boolean
    readonly placeholder?: string
    readonly isMono?: boolean
    readonly minLength?: number
  },
) {
  const { value, onChange, type = 'text', isRequired = false, isMono = false, name, autoComplete, inputMode } = props
  return (
    <Field {...props}>
      {(ids) => (
        <input
          {...ids}
          autoComplete={autoComplete ?? 'off'}
          className={`input ${isMono ? 'font-mono text-sm' : ''}`}
          inputMode={inputMode}
          minLength={props.minLength}
          name={name}
          onChange={(event) => onChange(event.target.value)}
          placeholder={props.placeholder}
          required={isRequired}
          type={type}
          value={value}
        />
      )}
    </Field>
  )
}

/** Several lines of text. */
export function LongTextField(
  props: FieldProps & {
    readonly value: string
    readonly onChange: (value: string) => void
    readonly isRequired?: boolean
  },
) {
  return (
    <Field {...props}>
      {(ids) => (
        <textarea
          {...ids}
          className="input min-h-20"
          onChange={(event) => props.onChange(event.target.value)}
          required={props.isRequired}
          value={props.value}
        />
      )}
    </Field>
  )
}

/** One of several choices, by the browser's own list: it works on phones and by keyboard. */
export function SelectField<Value extends string>(
  props: FieldProps & {
    readonly value: Value
    readonly onChange: (value: Value) => void
    readonly choices: readonly (readonly [value: Value, label: string])[]
  },
) {
  const { value, onChange, choices } = props
  return (
    <Field {...props}>
      {(ids) => (
        <select {...ids} className="input" onChange={(event) => onChange(event.target.value as Value)} value={value}>
          {choices.map(([choice, label]) => (
            <option key={choice} value={choice}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

/** A yes or no. */
export function CheckField(props: {
  readonly label: ReactNode
  readonly isChecked: boolean
  readonly onChange: (isChecked: boolean) => void
}) {
  return (
    <label className="flex cursor-pointer items-start gap-2.5 py-1 text-sm">
      <input
        checked={props.isChecked}
        className="mt-1 size-4 accent-accent"
        onChange={(event) => props.onChange(event.target.checked)}
        type="checkbox"
      />
      <span>{props.label}</span>
    </label>
  )
}
