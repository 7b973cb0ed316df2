import { useQuery } from '@tanstack/react-query'
import type { PaydError } from 'payd'
import { useState } from 'react'
import { useMessages } from '../app/context.tsx'
import { useDesk } from '../app/desk.tsx'
import { SelectField, TextField } from './field.tsx'

/** An asset: its code, and the account that issues it; empty for XLM. */
export interface Asset {
  readonly asset_code: string
  readonly asset_issuer: string
}

const OTHER = 'other'

/** Asks for an asset among those that wallets of the organization hold, or for another one. */
export function AssetField(props: {
  readonly value: Asset
  readonly onChange: (asset: Asset) => void
  readonly problem?: PaydError | undefined
}) {
  const t = useMessages()
  const { queries } = useDesk()
  const balances = useQuery({ ...queries.wallets.balances(), staleTime: 60_000 }).data ?? []
  const [isOther, setIsOther] = useState(false)
  const keyOf = ({ asset_code, asset_issuer }: Asset) => `${asset_code} ${asset_issuer}`
  const known = new Map<string, Asset>([['XLM ', { asset_code: 'XLM', asset_issuer: '' }]])
  for (const asset of [...balances, props.value]) if (asset.asset_code !== '') known.set(keyOf(asset), asset)
  const short = (issuer: string) => (issuer === '' ? '' : ` · ${issuer.slice(0, 4)}…${issuer.slice(-4)}`)
  return (
    <>
      <SelectField
        choices={[
          ...[...known].map(([key, asset]) => [key, `${asset.asset_code}${short(asset.asset_issuer)}`] as const),
          [OTHER, t.runs.otherAsset],
        ]}
        label={t.runs.asset}
        onChange={(key) => {
          setIsOther(key === OTHER)
          const asset = known.get(key)
          props.onChange(asset ?? { asset_code: '', asset_issuer: '' })
        }}
        problem={props.problem}
        value={isOther ? OTHER : keyOf(props.value)}
      />
      {isOther && (
        <>
          <TextField
            isRequired
            label={t.runs.assetCode}
            onChange={(asset_code) => props.onChange({ ...props.value, asset_code })}
            value={props.value.asset_code}
          />
          <TextField
            hint={t.runs.issuerHint}
            isMono
            label={t.runs.assetIssuer}
            onChange={(asset_issuer) => props.onChange({ ...props.value, asset_issuer })}
            value={props.value.asset_issuer}
          />
        </>
      )}
    </>
  )
}
