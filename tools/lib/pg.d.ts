// The project uses a pool for the catalogue engine and another for the scheduler, so the driver's own types are not worth a dependency.
declare module 'pg' {
  export class Pool {
    constructor(
      options: ({ connectionString: string } | Readonly<Record<'host' | 'user' | 'password' | 'database', string>>) & {
        port?: number
        ssl?: false | import('node:tls').ConnectionOptions
        options?: string
        max: number
        application_name?: string
      },
    )
    on(event: 'error', listener: (error: Error) => void): this
    connect(): Promise<{ query(text: string): Promise<unknown>; release(): void }>
    query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<{ rows: Row[] }>
    end(): Promise<void>
  }
  export class Client {
    constructor(options: { connectionString: string; application_name?: string; keepAlive?: boolean })
    on(event: 'error', listener: (error: Error) => void): this
    on(
      event: 'notification',
      listener: (message: { readonly channel: string; readonly payload?: string }) => void,
    ): this
    once(event: 'end', listener: () => void): this
    connect(): Promise<void>
    query(text: string): Promise<unknown>
    escapeIdentifier(name: string): string
    end(): Promise<void>
  }
}
