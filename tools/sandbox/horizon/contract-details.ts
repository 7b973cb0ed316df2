import { Address, xdr } from '@stellar/stellar-sdk/base'

/** The fields of a call of the host: which function, and its parameters as base64 with their types. */
export function contractDetails({ hostFunction: host }: xdr.InvokeHostFunctionOpWire): Record<string, unknown> {
  switch (host.type) {
    case 0: {
      const { contractAddress, functionName, args } = host.invokeContract
      const symbol: xdr.ScValWire = { type: 15, sym: functionName }
      const address: xdr.ScValWire = { type: 18, address: contractAddress }
      return {
        function: 'HostFunctionTypeHostFunctionTypeInvokeContract',
        parameters: [address, symbol, ...args].map(parameter),
        asset_balance_changes: [],
      }
    }
    case 2:
      return { function: 'HostFunctionTypeHostFunctionTypeUploadContractWasm', asset_balance_changes: [] }
    default: {
      const { contractIdPreimage } = host.type === 1 ? host.createContract : host.createContractV2
      const from = contractIdPreimage.type === 0 ? contractIdPreimage.fromAddress : null
      return {
        function: `HostFunctionTypeHostFunctionTypeCreateContract${host.type === 3 ? 'V2' : ''}`,
        type: from ? 'source_account' : 'from_asset',
        ...(from && {
          from: 'address',
          address: Address.fromScAddress(xdr.ScAddress.fromXdrObject(from.address)).toString(),
          salt: BigInt(`0x${Buffer.from(from.salt).toString('hex')}`).toString(),
        }),
        asset_balance_changes: [],
      }
    }
  }
}

const TYPES: Readonly<Record<number, string>> = {
  0: 'Bool',
  1: 'Void',
  3: 'U32',
  4: 'I32',
  5: 'U64',
  6: 'I64',
  9: 'U128',
  10: 'I128',
  13: 'Bytes',
  14: 'String',
  15: 'Sym',
  16: 'Vec',
  17: 'Map',
  18: 'Address',
}

function parameter(value: xdr.ScValWire): { readonly value: string; readonly type: string } {
  return { value: Buffer.from(xdr.ScVal.schema.encode(value)).toString('base64'), type: TYPES[value.type] ?? 'Unknown' }
}
