// The catalogue engine is handed a pool of this driver and nothing else of the project uses it, so its own types are not worth a dependency.
declare module 'pg' {
  export class Pool {
    constructor(options: { connectionString: string; max: number; application_name?: string })
    on(event: 'error', listener: (error: Error) => void): this
    connect(): Promise<{ query(text: string): Promise<unknown>; release(): void }>
    query(text: string): Promise<{ rows: Record<string, unknown>[] }>
    end(): Promise<void>
  }
}
