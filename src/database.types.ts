export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  
  "public": {
          Tables: {
            "account_histories": {
                  Row: {
                    "account_id": string,"begins_at_ledger": number | null,"complete_to_ledger": number,"epoch": number,"epoch_since": string | null,"last_sequence": string | null,"organization_id": number,"problem": string | null,"read_at": string | null,"seen_ledger": number | null,"seen_sequence": string | null,"state": string,"state_since": string
                  }
                  ComputedFields: never
                  Insert: {
                    "account_id": string,"begins_at_ledger"?: number | null,"complete_to_ledger"?: number,"epoch"?: number,"epoch_since"?: string | null,"last_sequence"?: string | null,"organization_id": number,"problem"?: string | null,"read_at"?: string | null,"seen_ledger"?: number | null,"seen_sequence"?: string | null,"state"?: string,"state_since"?: string
                  }
                  Update: {
                    "account_id"?: string,"begins_at_ledger"?: number | null,"complete_to_ledger"?: number,"epoch"?: number,"epoch_since"?: string | null,"last_sequence"?: string | null,"organization_id"?: number,"problem"?: string | null,"read_at"?: string | null,"seen_ledger"?: number | null,"seen_sequence"?: string | null,"state"?: string,"state_since"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "account_histories_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"approval_thresholds": {
                  Row: {
                    "asset_code": string,"asset_issuer": string,"created_at": string,"from_amount": number,"id": number,"organization_id": number,"required_approvals": number,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "asset_code": string,"asset_issuer"?: string,"created_at"?: string,"from_amount": number,"id"?: never,"organization_id": number,"required_approvals": number,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "asset_code"?: string,"asset_issuer"?: string,"created_at"?: string,"from_amount"?: number,"id"?: never,"organization_id"?: number,"required_approvals"?: number,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "approval_thresholds_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"audit_logs": {
                  Row: {
                    "action": string,"actor": string,"changes": Json | null,"created_at": string,"id": number,"ip_address": string | null,"organization_id": number,"resource_id": string,"resource_type": string,"user_id": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "action": string,"actor": string,"changes"?: Json | null,"created_at"?: string,"id"?: never,"ip_address"?: string | null,"organization_id": number,"resource_id": string,"resource_type": string,"user_id"?: number | null
                  }
                  Update: {
                    "action"?: string,"actor"?: string,"changes"?: Json | null,"created_at"?: string,"id"?: never,"ip_address"?: string | null,"organization_id"?: number,"resource_id"?: string,"resource_type"?: string,"user_id"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "audit_logs_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "audit_logs_user_is_a_member_of_the_organization"
      columns: ["organization_id","user_id"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"balance_thresholds": {
                  Row: {
                    "asset_code": string,"asset_issuer": string,"created_at": string,"id": number,"is_low": boolean,"low_since_ledger": number | null,"minimum": number,"organization_id": number,"updated_at": string,"version": number,"wallet_address": string
                  }
                  ComputedFields: never
                  Insert: {
                    "asset_code": string,"asset_issuer"?: string,"created_at"?: string,"id"?: never,"is_low"?: boolean,"low_since_ledger"?: number | null,"minimum": number,"organization_id": number,"updated_at"?: string,"version"?: number,"wallet_address": string
                  }
                  Update: {
                    "asset_code"?: string,"asset_issuer"?: string,"created_at"?: string,"id"?: never,"is_low"?: boolean,"low_since_ledger"?: number | null,"minimum"?: number,"organization_id"?: number,"updated_at"?: string,"version"?: number,"wallet_address"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "balance_thresholds_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "balance_thresholds_wallet_belongs_to_the_organization"
      columns: ["organization_id","wallet_address","asset_code","asset_issuer"]
isOneToOne: true
      referencedRelation: "wallets"
      referencedColumns: ["organization_id","wallet_address","asset_code","asset_issuer"]
    }
                  ]
                },"claimable_balances": {
                  Row: {
                    "amount": number,"asset_code": string,"asset_issuer": string,"claimable_balance_id": string,"claimant": string,"claimed_at": string | null,"created_at": string,"employee_id": number | null,"ended_at": string | null,"ended_tx_hash": string | null,"expires_at": string | null,"id": number,"organization_id": number,"payroll_run_id": number | null,"reclaim_failure_code": string | null,"reclaim_failure_reason": string | null,"reclaim_requested_at": string | null,"reclaim_requested_by": number | null,"reclaimable_at": string | null,"sponsor": string,"status": string,"synced_ledger": number,"transaction_operation_id": number | null,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "amount": number,"asset_code": string,"asset_issuer"?: string,"claimable_balance_id": string,"claimant": string,"claimed_at"?: string | null,"created_at"?: string,"employee_id"?: number | null,"ended_at"?: string | null,"ended_tx_hash"?: string | null,"expires_at"?: string | null,"id"?: never,"organization_id": number,"payroll_run_id"?: number | null,"reclaim_failure_code"?: string | null,"reclaim_failure_reason"?: string | null,"reclaim_requested_at"?: string | null,"reclaim_requested_by"?: number | null,"reclaimable_at"?: string | null,"sponsor": string,"status"?: string,"synced_ledger": number,"transaction_operation_id"?: number | null,"updated_at"?: string
                  }
                  Update: {
                    "amount"?: number,"asset_code"?: string,"asset_issuer"?: string,"claimable_balance_id"?: string,"claimant"?: string,"claimed_at"?: string | null,"created_at"?: string,"employee_id"?: number | null,"ended_at"?: string | null,"ended_tx_hash"?: string | null,"expires_at"?: string | null,"id"?: never,"organization_id"?: number,"payroll_run_id"?: number | null,"reclaim_failure_code"?: string | null,"reclaim_failure_reason"?: string | null,"reclaim_requested_at"?: string | null,"reclaim_requested_by"?: number | null,"reclaimable_at"?: string | null,"sponsor"?: string,"status"?: string,"synced_ledger"?: number,"transaction_operation_id"?: number | null,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "claimable_balances_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employee_exports"
      referencedColumns: ["organization_id","employee_id"]
    },{
      foreignKeyName: "claimable_balances_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employees"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "claimable_balances_operation_belongs_to_the_organization"
      columns: ["organization_id","transaction_operation_id"]
isOneToOne: false
      referencedRelation: "transaction_operations"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "claimable_balances_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "claimable_balances_reclaim_is_requested_by_a_member"
      columns: ["organization_id","reclaim_requested_by"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "claimable_balances_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_run_summaries"
      referencedColumns: ["organization_id","payroll_run_id"]
    },{
      foreignKeyName: "claimable_balances_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_runs"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"contract_events": {
                  Row: {
                    "category": string | null,"contract_id": string,"created_at": string,"data": NonNullable<Json>,"event_id": string,"event_type": string,"id": number,"ledger_sequence": number,"organization_id": number | null,"tx_hash": string
                  }
                  ComputedFields: never
                  Insert: {
                    "category"?: string | null,"contract_id": string,"created_at"?: string,"data": NonNullable<Json>,"event_id": string,"event_type": string,"id"?: never,"ledger_sequence": number,"organization_id"?: number | null,"tx_hash": string
                  }
                  Update: {
                    "category"?: string | null,"contract_id"?: string,"created_at"?: string,"data"?: NonNullable<Json>,"event_id"?: string,"event_type"?: string,"id"?: never,"ledger_sequence"?: number,"organization_id"?: number | null,"tx_hash"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "contract_events_contract_id_fkey"
      columns: ["contract_id"]
isOneToOne: false
      referencedRelation: "contract_registry"
      referencedColumns: ["contract_id"]
    },{
      foreignKeyName: "contract_events_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"contract_registry": {
                  Row: {
                    "contract_id": string,"created_at": string,"current_wasm_hash": string,"description": string | null,"id": number,"last_upgraded_at": string | null,"last_upgraded_by": string | null,"name": string,"network": string,"updated_at": string,"version": string
                  }
                  ComputedFields: never
                  Insert: {
                    "contract_id": string,"created_at"?: string,"current_wasm_hash": string,"description"?: string | null,"id"?: never,"last_upgraded_at"?: string | null,"last_upgraded_by"?: string | null,"name": string,"network": string,"updated_at"?: string,"version"?: string
                  }
                  Update: {
                    "contract_id"?: string,"created_at"?: string,"current_wasm_hash"?: string,"description"?: string | null,"id"?: never,"last_upgraded_at"?: string | null,"last_upgraded_by"?: string | null,"name"?: string,"network"?: string,"updated_at"?: string,"version"?: string
                  }
                  Relationships: [
                    
                  ]
                },"contract_upgrade_logs": {
                  Row: {
                    "completed_at": string | null,"created_at": string,"error_message": string | null,"id": number,"initiated_by": string,"migration_steps": NonNullable<Json>,"new_wasm_hash": string,"notes": string | null,"previous_wasm_hash": string,"registry_id": number,"simulation_result": Json | null,"status": string,"tx_hash": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "completed_at"?: string | null,"created_at"?: string,"error_message"?: string | null,"id"?: never,"initiated_by": string,"migration_steps"?: NonNullable<Json>,"new_wasm_hash": string,"notes"?: string | null,"previous_wasm_hash": string,"registry_id": number,"simulation_result"?: Json | null,"status"?: string,"tx_hash"?: string | null
                  }
                  Update: {
                    "completed_at"?: string | null,"created_at"?: string,"error_message"?: string | null,"id"?: never,"initiated_by"?: string,"migration_steps"?: NonNullable<Json>,"new_wasm_hash"?: string,"notes"?: string | null,"previous_wasm_hash"?: string,"registry_id"?: number,"simulation_result"?: Json | null,"status"?: string,"tx_hash"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "contract_upgrade_logs_registry_id_fkey"
      columns: ["registry_id"]
isOneToOne: false
      referencedRelation: "contract_registry"
      referencedColumns: ["id"]
    }
                  ]
                },"employee_invitations": {
                  Row: {
                    "accepted_at": string | null,"created_at": string,"email": string,"employee_id": number,"expires_at": string,"id": number,"invited_by": number,"organization_id": number,"revoked_at": string | null,"token_hash": string
                  }
                  ComputedFields: never
                  Insert: {
                    "accepted_at"?: string | null,"created_at"?: string,"email": string,"employee_id": number,"expires_at"?: string,"id"?: never,"invited_by": number,"organization_id": number,"revoked_at"?: string | null,"token_hash": string
                  }
                  Update: {
                    "accepted_at"?: string | null,"created_at"?: string,"email"?: string,"employee_id"?: number,"expires_at"?: string,"id"?: never,"invited_by"?: number,"organization_id"?: number,"revoked_at"?: string | null,"token_hash"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "employee_invitations_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employee_exports"
      referencedColumns: ["organization_id","employee_id"]
    },{
      foreignKeyName: "employee_invitations_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employees"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "employee_invitations_invited_by_is_a_member_of_the_organization"
      columns: ["organization_id","invited_by"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "employee_invitations_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"employees": {
                  Row: {
                    "asset_code": string,"asset_issuer": string,"auth_user_id": string | null,"created_at": string,"deleted_at": string | null,"department": string | null,"email": string,"first_name": string,"id": number,"last_name": string,"memo": string | null,"memo_type": string | null,"organization_id": number,"position": string | null,"salary": number | null,"search_vector": unknown,"status": string,"updated_at": string,"version": number,"wallet_address": string | null,"wallet_address_set_at": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "asset_code"?: string,"asset_issuer"?: string,"auth_user_id"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"department"?: string | null,"email": string,"first_name": string,"id"?: never,"last_name": string,"memo"?: string | null,"memo_type"?: string | null,"organization_id": number,"position"?: string | null,"salary"?: number | null,"search_vector"?: never,"status"?: string,"updated_at"?: string,"version"?: number,"wallet_address"?: string | null,"wallet_address_set_at"?: string | null
                  }
                  Update: {
                    "asset_code"?: string,"asset_issuer"?: string,"auth_user_id"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"department"?: string | null,"email"?: string,"first_name"?: string,"id"?: never,"last_name"?: string,"memo"?: string | null,"memo_type"?: string | null,"organization_id"?: number,"position"?: string | null,"salary"?: number | null,"search_vector"?: never,"status"?: string,"updated_at"?: string,"version"?: number,"wallet_address"?: string | null,"wallet_address_set_at"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "employees_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"events": {
                  Row: {
                    "body": string,"dedupe_key": string,"event_id": string,"id": number,"occurred_at": string,"organization_id": number,"resource_id": string,"resource_type": string,"sequence": number,"type": string
                  }
                  ComputedFields: never
                  Insert: {
                    "body": string,"dedupe_key": string,"event_id": string,"id"?: never,"occurred_at"?: string,"organization_id": number,"resource_id": string,"resource_type": string,"sequence": number,"type": string
                  }
                  Update: {
                    "body"?: string,"dedupe_key"?: string,"event_id"?: string,"id"?: never,"occurred_at"?: string,"organization_id"?: number,"resource_id"?: string,"resource_type"?: string,"sequence"?: number,"type"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "events_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"history_gaps": {
                  Row: {
                    "accepted_by": number | null,"accepted_reason": string | null,"account_id": string,"asset_code": string | null,"asset_issuer": string | null,"closed_at": string | null,"epoch": number,"expected": string | null,"found": string | null,"found_at": string,"from_ledger": number,"from_sequence": string | null,"id": number,"kind": string,"organization_id": number,"state": string,"to_ledger": number,"to_sequence": string | null,"tx_hash": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "accepted_by"?: number | null,"accepted_reason"?: string | null,"account_id": string,"asset_code"?: string | null,"asset_issuer"?: string | null,"closed_at"?: string | null,"epoch"?: number,"expected"?: string | null,"found"?: string | null,"found_at"?: string,"from_ledger": number,"from_sequence"?: string | null,"id"?: never,"kind": string,"organization_id": number,"state"?: string,"to_ledger": number,"to_sequence"?: string | null,"tx_hash"?: string | null
                  }
                  Update: {
                    "accepted_by"?: number | null,"accepted_reason"?: string | null,"account_id"?: string,"asset_code"?: string | null,"asset_issuer"?: string | null,"closed_at"?: string | null,"epoch"?: number,"expected"?: string | null,"found"?: string | null,"found_at"?: string,"from_ledger"?: number,"from_sequence"?: string | null,"id"?: never,"kind"?: string,"organization_id"?: number,"state"?: string,"to_ledger"?: number,"to_sequence"?: string | null,"tx_hash"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "history_gaps_accepted_by_a_member_of_the_organization"
      columns: ["organization_id","accepted_by"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "history_gaps_account_belongs_to_the_organization"
      columns: ["organization_id","account_id"]
isOneToOne: false
      referencedRelation: "account_histories"
      referencedColumns: ["organization_id","account_id"]
    },{
      foreignKeyName: "history_gaps_account_belongs_to_the_organization"
      columns: ["organization_id","account_id"]
isOneToOne: false
      referencedRelation: "ledger_statements"
      referencedColumns: ["organization_id","account_id"]
    }
                  ]
                },"invitations": {
                  Row: {
                    "accepted_at": string | null,"created_at": string,"email": string,"expires_at": string,"id": number,"invited_by": number,"organization_id": number,"revoked_at": string | null,"role": string,"token_hash": string
                  }
                  ComputedFields: never
                  Insert: {
                    "accepted_at"?: string | null,"created_at"?: string,"email": string,"expires_at"?: string,"id"?: never,"invited_by": number,"organization_id": number,"revoked_at"?: string | null,"role": string,"token_hash": string
                  }
                  Update: {
                    "accepted_at"?: string | null,"created_at"?: string,"email"?: string,"expires_at"?: string,"id"?: never,"invited_by"?: number,"organization_id"?: number,"revoked_at"?: string | null,"role"?: string,"token_hash"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "invitations_invited_by_is_a_member_of_the_organization"
      columns: ["organization_id","invited_by"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "invitations_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"ledger_contradictions": {
                  Row: {
                    "agreed_balance": string | null,"asset_code": string | null,"asset_issuer": string | null,"believed_balance": string | null,"believed_ledger": number,"believed_sequence": string | null,"corrected_transactions": number,"found_at": string,"id": number,"kind": string,"last_seen_at": string,"last_seen_ledger": number,"last_seen_sequence": string | null,"organization_id": number,"proposed_at": string | null,"proposed_by": number | null,"proposed_reason": string | null,"proposed_verdict": string | null,"provider": string,"resolved_at": string | null,"resolved_by": number | null,"resolved_reason": string | null,"seen_balance": string | null,"seen_ledger": number,"seen_sequence": string | null,"source_account": string,"state": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agreed_balance"?: string | null,"asset_code"?: string | null,"asset_issuer"?: string | null,"believed_balance"?: string | null,"believed_ledger": number,"believed_sequence"?: string | null,"corrected_transactions"?: number,"found_at"?: string,"id"?: never,"kind": string,"last_seen_at"?: string,"last_seen_ledger": number,"last_seen_sequence"?: string | null,"organization_id": number,"proposed_at"?: string | null,"proposed_by"?: number | null,"proposed_reason"?: string | null,"proposed_verdict"?: string | null,"provider": string,"resolved_at"?: string | null,"resolved_by"?: number | null,"resolved_reason"?: string | null,"seen_balance"?: string | null,"seen_ledger": number,"seen_sequence"?: string | null,"source_account": string,"state"?: string
                  }
                  Update: {
                    "agreed_balance"?: string | null,"asset_code"?: string | null,"asset_issuer"?: string | null,"believed_balance"?: string | null,"believed_ledger"?: number,"believed_sequence"?: string | null,"corrected_transactions"?: number,"found_at"?: string,"id"?: never,"kind"?: string,"last_seen_at"?: string,"last_seen_ledger"?: number,"last_seen_sequence"?: string | null,"organization_id"?: number,"proposed_at"?: string | null,"proposed_by"?: number | null,"proposed_reason"?: string | null,"proposed_verdict"?: string | null,"provider"?: string,"resolved_at"?: string | null,"resolved_by"?: number | null,"resolved_reason"?: string | null,"seen_balance"?: string | null,"seen_ledger"?: number,"seen_sequence"?: string | null,"source_account"?: string,"state"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "ledger_contradictions_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ledger_contradictions_proposer_is_a_member_of_the_organization"
      columns: ["organization_id","proposed_by"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "ledger_contradictions_resolver_is_a_member_of_the_organization"
      columns: ["organization_id","resolved_by"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"ledger_movements": {
                  Row: {
                    "account_id": string,"amount": number,"application_order": number,"asset_code": string,"asset_issuer": string,"claimable_balance_id": string | null,"closed_at": string,"counterparty": string | null,"direction": string,"epoch": number,"id": number,"kind": string,"ledger": number,"operation_index": number | null,"organization_id": number,"place": number,"transaction_operation_id": number | null,"tx_hash": string
                  }
                  ComputedFields: never
                  Insert: {
                    "account_id": string,"amount": number,"application_order": number,"asset_code": string,"asset_issuer"?: string,"claimable_balance_id"?: string | null,"closed_at": string,"counterparty"?: string | null,"direction": string,"epoch"?: number,"id"?: never,"kind": string,"ledger": number,"operation_index"?: number | null,"organization_id": number,"place": number,"transaction_operation_id"?: number | null,"tx_hash": string
                  }
                  Update: {
                    "account_id"?: string,"amount"?: number,"application_order"?: number,"asset_code"?: string,"asset_issuer"?: string,"claimable_balance_id"?: string | null,"closed_at"?: string,"counterparty"?: string | null,"direction"?: string,"epoch"?: number,"id"?: never,"kind"?: string,"ledger"?: number,"operation_index"?: number | null,"organization_id"?: number,"place"?: number,"transaction_operation_id"?: number | null,"tx_hash"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "ledger_movements_operation_belongs_to_the_organization"
      columns: ["organization_id","transaction_operation_id"]
isOneToOne: false
      referencedRelation: "transaction_operations"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "ledger_movements_transaction_is_recorded"
      columns: ["organization_id","account_id","epoch","ledger","application_order"]
isOneToOne: false
      referencedRelation: "ledger_transactions"
      referencedColumns: ["organization_id","account_id","epoch","ledger","application_order"]
    }
                  ]
                },"ledger_transactions": {
                  Row: {
                    "account_id": string,"application_order": number,"closed_at": string,"epoch": number,"fee_account": string,"fee_charged_stroops": number,"id": number,"is_signed_by_source": boolean,"is_successful": boolean,"ledger": number,"memo": string | null,"operation_count": number,"organization_id": number,"origin": string,"recorded_at": string,"result_code": string,"sequence_number": string,"source_account": string,"tx_hash": string
                  }
                  ComputedFields: never
                  Insert: {
                    "account_id": string,"application_order": number,"closed_at": string,"epoch"?: number,"fee_account": string,"fee_charged_stroops": number,"id"?: never,"is_signed_by_source": boolean,"is_successful": boolean,"ledger": number,"memo"?: string | null,"operation_count": number,"organization_id": number,"origin": string,"recorded_at"?: string,"result_code": string,"sequence_number": string,"source_account": string,"tx_hash": string
                  }
                  Update: {
                    "account_id"?: string,"application_order"?: number,"closed_at"?: string,"epoch"?: number,"fee_account"?: string,"fee_charged_stroops"?: number,"id"?: never,"is_signed_by_source"?: boolean,"is_successful"?: boolean,"ledger"?: number,"memo"?: string | null,"operation_count"?: number,"organization_id"?: number,"origin"?: string,"recorded_at"?: string,"result_code"?: string,"sequence_number"?: string,"source_account"?: string,"tx_hash"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "ledger_transactions_account_belongs_to_the_organization"
      columns: ["organization_id","account_id"]
isOneToOne: false
      referencedRelation: "account_histories"
      referencedColumns: ["organization_id","account_id"]
    },{
      foreignKeyName: "ledger_transactions_account_belongs_to_the_organization"
      columns: ["organization_id","account_id"]
isOneToOne: false
      referencedRelation: "ledger_statements"
      referencedColumns: ["organization_id","account_id"]
    }
                  ]
                },"notifications": {
                  Row: {
                    "auth_user_id": string,"created_at": string,"employee_id": number | null,"event_id": number,"id": number,"is_read": boolean,"message": string,"organization_id": number,"read_at": string | null,"resource_id": string,"resource_type": string,"title": string,"type": string,"user_id": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "auth_user_id": string,"created_at"?: string,"employee_id"?: number | null,"event_id": number,"id"?: never,"is_read"?: boolean,"message": string,"organization_id": number,"read_at"?: string | null,"resource_id": string,"resource_type": string,"title": string,"type": string,"user_id"?: number | null
                  }
                  Update: {
                    "auth_user_id"?: string,"created_at"?: string,"employee_id"?: number | null,"event_id"?: number,"id"?: never,"is_read"?: boolean,"message"?: string,"organization_id"?: number,"read_at"?: string | null,"resource_id"?: string,"resource_type"?: string,"title"?: string,"type"?: string,"user_id"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "notifications_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employee_exports"
      referencedColumns: ["organization_id","employee_id"]
    },{
      foreignKeyName: "notifications_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employees"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "notifications_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "notifications_user_is_a_member_of_the_organization"
      columns: ["organization_id","user_id"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"organizations": {
                  Row: {
                    "allows_claimable_balances": boolean,"created_at": string,"deleted_at": string | null,"id": number,"name": string,"reclaim_after_days": number,"required_approvals": number,"salary_period": string,"time_zone": string,"updated_at": string,"version": number,"wallet_change_hours": number,"wallet_change_policy": string
                  }
                  ComputedFields: never
                  Insert: {
                    "allows_claimable_balances"?: boolean,"created_at"?: string,"deleted_at"?: string | null,"id"?: never,"name": string,"reclaim_after_days"?: number,"required_approvals"?: number,"salary_period"?: string,"time_zone"?: string,"updated_at"?: string,"version"?: number,"wallet_change_hours"?: number,"wallet_change_policy"?: string
                  }
                  Update: {
                    "allows_claimable_balances"?: boolean,"created_at"?: string,"deleted_at"?: string | null,"id"?: never,"name"?: string,"reclaim_after_days"?: number,"required_approvals"?: number,"salary_period"?: string,"time_zone"?: string,"updated_at"?: string,"version"?: number,"wallet_change_hours"?: number,"wallet_change_policy"?: string
                  }
                  Relationships: [
                    
                  ]
                },"payroll_audit_logs": {
                  Row: {
                    "action": string,"actor": string,"created_at": string,"id": number,"new_state": NonNullable<Json>,"organization_id": number,"payroll_run_id": number,"previous_state": Json | null,"reason": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "action": string,"actor": string,"created_at"?: string,"id"?: never,"new_state": NonNullable<Json>,"organization_id": number,"payroll_run_id": number,"previous_state"?: Json | null,"reason"?: string | null
                  }
                  Update: {
                    "action"?: string,"actor"?: string,"created_at"?: string,"id"?: never,"new_state"?: NonNullable<Json>,"organization_id"?: number,"payroll_run_id"?: number,"previous_state"?: Json | null,"reason"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "payroll_audit_logs_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "payroll_audit_logs_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_run_summaries"
      referencedColumns: ["organization_id","payroll_run_id"]
    },{
      foreignKeyName: "payroll_audit_logs_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_runs"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payroll_item_edits": {
                  Row: {
                    "action": string,"created_at": string,"employee_id": number,"id": number,"item_type": string,"new_amount": number | null,"old_amount": number | null,"organization_id": number,"payroll_run_id": number,"reason": string | null,"run_version": number,"user_id": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "action": string,"created_at"?: string,"employee_id": number,"id"?: never,"item_type": string,"new_amount"?: number | null,"old_amount"?: number | null,"organization_id": number,"payroll_run_id": number,"reason"?: string | null,"run_version": number,"user_id"?: number | null
                  }
                  Update: {
                    "action"?: string,"created_at"?: string,"employee_id"?: number,"id"?: never,"item_type"?: string,"new_amount"?: number | null,"old_amount"?: number | null,"organization_id"?: number,"payroll_run_id"?: number,"reason"?: string | null,"run_version"?: number,"user_id"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "payroll_item_edits_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employee_exports"
      referencedColumns: ["organization_id","employee_id"]
    },{
      foreignKeyName: "payroll_item_edits_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employees"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payroll_item_edits_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "payroll_item_edits_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_run_summaries"
      referencedColumns: ["organization_id","payroll_run_id"]
    },{
      foreignKeyName: "payroll_item_edits_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_runs"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payroll_item_edits_user_is_a_member_of_the_organization"
      columns: ["organization_id","user_id"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payroll_items": {
                  Row: {
                    "amount": number,"amount_reason": string | null,"claimable_balance_id": string | null,"claimable_balance_status": string | null,"created_at": string,"description": string | null,"destination": string | null,"employee_id": number,"failure_code": string | null,"failure_reason": string | null,"id": number,"item_type": string,"memo": string | null,"memo_type": string | null,"organization_id": number,"payout_method": string,"payroll_run_id": number,"status": string,"transaction_operation_id": number | null,"tx_hash": string | null,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "amount": number,"amount_reason"?: string | null,"claimable_balance_id"?: string | null,"claimable_balance_status"?: string | null,"created_at"?: string,"description"?: string | null,"destination"?: string | null,"employee_id": number,"failure_code"?: string | null,"failure_reason"?: string | null,"id"?: never,"item_type": string,"memo"?: string | null,"memo_type"?: string | null,"organization_id": number,"payout_method"?: string,"payroll_run_id": number,"status"?: string,"transaction_operation_id"?: number | null,"tx_hash"?: string | null,"updated_at"?: string
                  }
                  Update: {
                    "amount"?: number,"amount_reason"?: string | null,"claimable_balance_id"?: string | null,"claimable_balance_status"?: string | null,"created_at"?: string,"description"?: string | null,"destination"?: string | null,"employee_id"?: number,"failure_code"?: string | null,"failure_reason"?: string | null,"id"?: never,"item_type"?: string,"memo"?: string | null,"memo_type"?: string | null,"organization_id"?: number,"payout_method"?: string,"payroll_run_id"?: number,"status"?: string,"transaction_operation_id"?: number | null,"tx_hash"?: string | null,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "payroll_items_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employee_exports"
      referencedColumns: ["organization_id","employee_id"]
    },{
      foreignKeyName: "payroll_items_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employees"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payroll_items_operation_belongs_to_the_organization"
      columns: ["organization_id","transaction_operation_id"]
isOneToOne: false
      referencedRelation: "transaction_operations"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payroll_items_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_run_summaries"
      referencedColumns: ["organization_id","payroll_run_id"]
    },{
      foreignKeyName: "payroll_items_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_runs"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payroll_preflight_findings": {
                  Row: {
                    "amount": number | null,"code": string,"cure": string,"employee_id": number | null,"id": number,"organization_id": number,"payroll_preflight_id": number,"sentence": string,"weight": string
                  }
                  ComputedFields: never
                  Insert: {
                    "amount"?: number | null,"code": string,"cure": string,"employee_id"?: number | null,"id"?: never,"organization_id": number,"payroll_preflight_id": number,"sentence": string,"weight": string
                  }
                  Update: {
                    "amount"?: number | null,"code"?: string,"cure"?: string,"employee_id"?: number | null,"id"?: never,"organization_id"?: number,"payroll_preflight_id"?: number,"sentence"?: string,"weight"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "payroll_preflight_findings_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employee_exports"
      referencedColumns: ["organization_id","employee_id"]
    },{
      foreignKeyName: "payroll_preflight_findings_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employees"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payroll_preflight_findings_report_belongs_to_the_organization"
      columns: ["organization_id","payroll_preflight_id"]
isOneToOne: false
      referencedRelation: "payroll_preflight_reports"
      referencedColumns: ["organization_id","payroll_preflight_id"]
    },{
      foreignKeyName: "payroll_preflight_findings_report_belongs_to_the_organization"
      columns: ["organization_id","payroll_preflight_id"]
isOneToOne: false
      referencedRelation: "payroll_preflights"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payroll_preflights": {
                  Row: {
                    "claimable_count": number | null,"content_hash": string | null,"failing_amount": number | null,"failing_count": number | null,"fee_budget": number | null,"finished_at": string | null,"from_ledger": number | null,"id": number,"known_at": string | null,"needed": number | null,"new_account_count": number | null,"organization_id": number,"payee_count": number | null,"payroll_run_id": number,"requested_at": string,"requested_by": number | null,"reserve": number | null,"run_version": number,"short": number | null,"source_account": string | null,"spendable": number | null,"to_ledger": number | null,"total_amount": number | null,"transaction_count": number | null,"unknown_count": number | null,"verdict": string | null,"xlm_needed": number | null,"xlm_short": number | null,"xlm_spendable": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "claimable_count"?: number | null,"content_hash"?: string | null,"failing_amount"?: number | null,"failing_count"?: number | null,"fee_budget"?: number | null,"finished_at"?: string | null,"from_ledger"?: number | null,"id"?: never,"known_at"?: string | null,"needed"?: number | null,"new_account_count"?: number | null,"organization_id": number,"payee_count"?: number | null,"payroll_run_id": number,"requested_at"?: string,"requested_by"?: number | null,"reserve"?: number | null,"run_version": number,"short"?: number | null,"source_account"?: string | null,"spendable"?: number | null,"to_ledger"?: number | null,"total_amount"?: number | null,"transaction_count"?: number | null,"unknown_count"?: number | null,"verdict"?: string | null,"xlm_needed"?: number | null,"xlm_short"?: number | null,"xlm_spendable"?: number | null
                  }
                  Update: {
                    "claimable_count"?: number | null,"content_hash"?: string | null,"failing_amount"?: number | null,"failing_count"?: number | null,"fee_budget"?: number | null,"finished_at"?: string | null,"from_ledger"?: number | null,"id"?: never,"known_at"?: string | null,"needed"?: number | null,"new_account_count"?: number | null,"organization_id"?: number,"payee_count"?: number | null,"payroll_run_id"?: number,"requested_at"?: string,"requested_by"?: number | null,"reserve"?: number | null,"run_version"?: number,"short"?: number | null,"source_account"?: string | null,"spendable"?: number | null,"to_ledger"?: number | null,"total_amount"?: number | null,"transaction_count"?: number | null,"unknown_count"?: number | null,"verdict"?: string | null,"xlm_needed"?: number | null,"xlm_short"?: number | null,"xlm_spendable"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "payroll_preflights_requester_is_a_member_of_the_organization"
      columns: ["organization_id","requested_by"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payroll_preflights_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_run_summaries"
      referencedColumns: ["organization_id","payroll_run_id"]
    },{
      foreignKeyName: "payroll_preflights_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_runs"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payroll_run_approvals": {
                  Row: {
                    "content_hash": string,"created_at": string,"decision": string,"id": number,"organization_id": number,"payroll_preflight_id": number | null,"payroll_run_id": number,"reason": string | null,"user_id": number,"voided_at": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "content_hash": string,"created_at"?: string,"decision": string,"id"?: never,"organization_id": number,"payroll_preflight_id"?: number | null,"payroll_run_id": number,"reason"?: string | null,"user_id": number,"voided_at"?: string | null
                  }
                  Update: {
                    "content_hash"?: string,"created_at"?: string,"decision"?: string,"id"?: never,"organization_id"?: number,"payroll_preflight_id"?: number | null,"payroll_run_id"?: number,"reason"?: string | null,"user_id"?: number,"voided_at"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "payroll_run_approvals_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "payroll_run_approvals_report_belongs_to_the_organization"
      columns: ["organization_id","payroll_preflight_id"]
isOneToOne: false
      referencedRelation: "payroll_preflight_reports"
      referencedColumns: ["organization_id","payroll_preflight_id"]
    },{
      foreignKeyName: "payroll_run_approvals_report_belongs_to_the_organization"
      columns: ["organization_id","payroll_preflight_id"]
isOneToOne: false
      referencedRelation: "payroll_preflights"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payroll_run_approvals_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_run_summaries"
      referencedColumns: ["organization_id","payroll_run_id"]
    },{
      foreignKeyName: "payroll_run_approvals_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_runs"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payroll_run_approvals_user_is_a_member_of_the_organization"
      columns: ["organization_id","user_id"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payroll_runs": {
                  Row: {
                    "allows_overlap": boolean,"allows_shared_wallets": boolean,"approved_at": string | null,"asset_code": string,"asset_issuer": string,"batch_id": string,"content_hash": string | null,"created_at": string,"created_by": number | null,"failure_code": string | null,"failure_reason": string | null,"id": number,"item_count": number,"memo": string | null,"organization_id": number,"period_end": string,"period_start": string,"processed_at": string | null,"reclaim_after_days": number | null,"source_account": string | null,"status": string,"stop_reason": string | null,"stop_requested": string | null,"stop_requested_at": string | null,"submitted_at": string | null,"submitted_by": number | null,"total_amount": number,"total_base_amount": number,"total_bonus_amount": number,"updated_at": string,"version": number,"waiting_kind": string | null,"waiting_reason": string | null,"waiting_since": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "allows_overlap"?: boolean,"allows_shared_wallets"?: boolean,"approved_at"?: string | null,"asset_code"?: string,"asset_issuer"?: string,"batch_id": string,"content_hash"?: string | null,"created_at"?: string,"created_by"?: number | null,"failure_code"?: string | null,"failure_reason"?: string | null,"id"?: never,"item_count"?: number,"memo"?: string | null,"organization_id": number,"period_end": string,"period_start": string,"processed_at"?: string | null,"reclaim_after_days"?: number | null,"source_account"?: string | null,"status"?: string,"stop_reason"?: string | null,"stop_requested"?: string | null,"stop_requested_at"?: string | null,"submitted_at"?: string | null,"submitted_by"?: number | null,"total_amount"?: number,"total_base_amount"?: number,"total_bonus_amount"?: number,"updated_at"?: string,"version"?: number,"waiting_kind"?: string | null,"waiting_reason"?: string | null,"waiting_since"?: string | null
                  }
                  Update: {
                    "allows_overlap"?: boolean,"allows_shared_wallets"?: boolean,"approved_at"?: string | null,"asset_code"?: string,"asset_issuer"?: string,"batch_id"?: string,"content_hash"?: string | null,"created_at"?: string,"created_by"?: number | null,"failure_code"?: string | null,"failure_reason"?: string | null,"id"?: never,"item_count"?: number,"memo"?: string | null,"organization_id"?: number,"period_end"?: string,"period_start"?: string,"processed_at"?: string | null,"reclaim_after_days"?: number | null,"source_account"?: string | null,"status"?: string,"stop_reason"?: string | null,"stop_requested"?: string | null,"stop_requested_at"?: string | null,"submitted_at"?: string | null,"submitted_by"?: number | null,"total_amount"?: number,"total_base_amount"?: number,"total_bonus_amount"?: number,"updated_at"?: string,"version"?: number,"waiting_kind"?: string | null,"waiting_reason"?: string | null,"waiting_since"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "payroll_runs_creator_is_a_member_of_the_organization"
      columns: ["organization_id","created_by"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payroll_runs_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "payroll_runs_submitter_is_a_member_of_the_organization"
      columns: ["organization_id","submitted_by"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payroll_schedule_occurrences": {
                  Row: {
                    "created_at": string,"due_at": string,"id": number,"occurrence_on": string,"organization_id": number,"outcome": string,"payroll_run_id": number | null,"schedule_id": number
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"due_at": string,"id"?: never,"occurrence_on": string,"organization_id": number,"outcome": string,"payroll_run_id"?: number | null,"schedule_id": number
                  }
                  Update: {
                    "created_at"?: string,"due_at"?: string,"id"?: never,"occurrence_on"?: string,"organization_id"?: number,"outcome"?: string,"payroll_run_id"?: number | null,"schedule_id"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "payroll_schedule_occurrences_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "payroll_schedule_occurrences_run_is_of_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_run_summaries"
      referencedColumns: ["organization_id","payroll_run_id"]
    },{
      foreignKeyName: "payroll_schedule_occurrences_run_is_of_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_runs"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payroll_schedule_occurrences_schedule_is_of_the_organization"
      columns: ["organization_id","schedule_id"]
isOneToOne: false
      referencedRelation: "payroll_schedules"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payroll_schedules": {
                  Row: {
                    "anchor_on": string | null,"asset_code": string,"asset_issuer": string,"created_at": string,"created_by": number | null,"day_of_month": number | null,"day_of_week": number | null,"frequency": string,"id": number,"is_active": boolean,"last_error": string | null,"last_run_on": string | null,"local_time": string,"memo": string | null,"missed_policy": string,"name": string,"next_run_at": string | null,"next_run_on": string | null,"organization_id": number,"period_rule": string,"retry_at": string | null,"second_day_of_month": number | null,"starts_on": string,"time_zone": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "anchor_on"?: string | null,"asset_code"?: string,"asset_issuer"?: string,"created_at"?: string,"created_by"?: number | null,"day_of_month"?: number | null,"day_of_week"?: number | null,"frequency": string,"id"?: never,"is_active"?: boolean,"last_error"?: string | null,"last_run_on"?: string | null,"local_time"?: string,"memo"?: string | null,"missed_policy"?: string,"name": string,"next_run_at"?: string | null,"next_run_on"?: string | null,"organization_id": number,"period_rule"?: string,"retry_at"?: string | null,"second_day_of_month"?: number | null,"starts_on": string,"time_zone": string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "anchor_on"?: string | null,"asset_code"?: string,"asset_issuer"?: string,"created_at"?: string,"created_by"?: number | null,"day_of_month"?: number | null,"day_of_week"?: number | null,"frequency"?: string,"id"?: never,"is_active"?: boolean,"last_error"?: string | null,"last_run_on"?: string | null,"local_time"?: string,"memo"?: string | null,"missed_policy"?: string,"name"?: string,"next_run_at"?: string | null,"next_run_on"?: string | null,"organization_id"?: number,"period_rule"?: string,"retry_at"?: string | null,"second_day_of_month"?: number | null,"starts_on"?: string,"time_zone"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "payroll_schedules_creator_is_a_member_of_the_organization"
      columns: ["organization_id","created_by"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payroll_schedules_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"sync_requests": {
                  Row: {
                    "completed_at": string | null,"id": number,"organization_id": number,"requested_at": string,"requested_by": number | null,"state": string,"wallets_read": number | null,"wallets_unreadable": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "completed_at"?: string | null,"id"?: never,"organization_id": number,"requested_at"?: string,"requested_by"?: number | null,"state"?: string,"wallets_read"?: number | null,"wallets_unreadable"?: number | null
                  }
                  Update: {
                    "completed_at"?: string | null,"id"?: never,"organization_id"?: number,"requested_at"?: string,"requested_by"?: number | null,"state"?: string,"wallets_read"?: number | null,"wallets_unreadable"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "sync_requests_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "sync_requests_requester_is_a_member_of_the_organization"
      columns: ["organization_id","requested_by"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"transaction_audit_logs": {
                  Row: {
                    "action": string,"actor": string,"created_at": string,"id": number,"new_state": NonNullable<Json>,"organization_id": number,"previous_state": Json | null,"reason": string | null,"transaction_id": number
                  }
                  ComputedFields: never
                  Insert: {
                    "action": string,"actor": string,"created_at"?: string,"id"?: never,"new_state": NonNullable<Json>,"organization_id": number,"previous_state"?: Json | null,"reason"?: string | null,"transaction_id": number
                  }
                  Update: {
                    "action"?: string,"actor"?: string,"created_at"?: string,"id"?: never,"new_state"?: NonNullable<Json>,"organization_id"?: number,"previous_state"?: Json | null,"reason"?: string | null,"transaction_id"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "transaction_audit_logs_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "transaction_audit_logs_transaction_belongs_to_the_organization"
      columns: ["organization_id","transaction_id"]
isOneToOne: false
      referencedRelation: "payments_in_doubt"
      referencedColumns: ["organization_id","transaction_id"]
    },{
      foreignKeyName: "transaction_audit_logs_transaction_belongs_to_the_organization"
      columns: ["organization_id","transaction_id"]
isOneToOne: false
      referencedRelation: "transactions"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"transaction_operations": {
                  Row: {
                    "amount": number,"asset_code": string,"asset_issuer": string,"claimable_balance_id": string | null,"created_at": string,"destination": string,"employee_id": number,"id": number,"is_live": boolean,"operation_index": number,"operation_type": string,"organization_id": number,"payroll_run_id": number,"reclaimable_at": string | null,"result_code": string | null,"transaction_id": number
                  }
                  ComputedFields: never
                  Insert: {
                    "amount": number,"asset_code": string,"asset_issuer"?: string,"claimable_balance_id"?: string | null,"created_at"?: string,"destination": string,"employee_id": number,"id"?: never,"is_live"?: boolean,"operation_index": number,"operation_type"?: string,"organization_id": number,"payroll_run_id": number,"reclaimable_at"?: string | null,"result_code"?: string | null,"transaction_id": number
                  }
                  Update: {
                    "amount"?: number,"asset_code"?: string,"asset_issuer"?: string,"claimable_balance_id"?: string | null,"created_at"?: string,"destination"?: string,"employee_id"?: number,"id"?: never,"is_live"?: boolean,"operation_index"?: number,"operation_type"?: string,"organization_id"?: number,"payroll_run_id"?: number,"reclaimable_at"?: string | null,"result_code"?: string | null,"transaction_id"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "transaction_operations_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employee_exports"
      referencedColumns: ["organization_id","employee_id"]
    },{
      foreignKeyName: "transaction_operations_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employees"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "transaction_operations_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_run_summaries"
      referencedColumns: ["organization_id","payroll_run_id"]
    },{
      foreignKeyName: "transaction_operations_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_runs"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "transaction_operations_transaction_belongs_to_the_organization"
      columns: ["organization_id","transaction_id"]
isOneToOne: false
      referencedRelation: "payments_in_doubt"
      referencedColumns: ["organization_id","transaction_id"]
    },{
      foreignKeyName: "transaction_operations_transaction_belongs_to_the_organization"
      columns: ["organization_id","transaction_id"]
isOneToOne: false
      referencedRelation: "transactions"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"transactions": {
                  Row: {
                    "amount": number,"asset_code": string,"asset_issuer": string,"attempts": number,"channel_account": string | null,"closed_at": string | null,"created_at": string,"employee_id": number | null,"envelope_xdr": string,"fee_bid_stroops": number,"fee_charged_stroops": number | null,"held_reason": string | null,"held_since": string | null,"id": number,"in_doubt_since": string | null,"is_live": boolean,"last_code": string | null,"last_http_status": number | null,"last_operation_index": number | null,"ledger": number | null,"max_ledger": number,"max_time": string,"memo": string | null,"memo_type": string | null,"next_check_at": string,"operation_count": number,"organization_id": number,"payroll_run_id": number | null,"proof": string | null,"required_fee_stroops": number | null,"result_xdr": string | null,"search_vector": unknown,"sequence_account": string,"sequence_number": string,"signed_envelope_xdr": string | null,"source_account": string,"status": string,"submission_state": string,"transaction_type": string,"tx_hash": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "amount": number,"asset_code": string,"asset_issuer"?: string,"attempts"?: number,"channel_account"?: string | null,"closed_at"?: string | null,"created_at"?: string,"employee_id"?: number | null,"envelope_xdr": string,"fee_bid_stroops": number,"fee_charged_stroops"?: number | null,"held_reason"?: string | null,"held_since"?: string | null,"id"?: never,"in_doubt_since"?: string | null,"is_live"?: never,"last_code"?: string | null,"last_http_status"?: number | null,"last_operation_index"?: number | null,"ledger"?: number | null,"max_ledger": number,"max_time": string,"memo"?: string | null,"memo_type"?: string | null,"next_check_at"?: string,"operation_count": number,"organization_id": number,"payroll_run_id"?: number | null,"proof"?: string | null,"required_fee_stroops"?: number | null,"result_xdr"?: string | null,"search_vector"?: never,"sequence_account"?: never,"sequence_number": string,"signed_envelope_xdr"?: string | null,"source_account": string,"status"?: string,"submission_state"?: string,"transaction_type"?: string,"tx_hash": string,"updated_at"?: string
                  }
                  Update: {
                    "amount"?: number,"asset_code"?: string,"asset_issuer"?: string,"attempts"?: number,"channel_account"?: string | null,"closed_at"?: string | null,"created_at"?: string,"employee_id"?: number | null,"envelope_xdr"?: string,"fee_bid_stroops"?: number,"fee_charged_stroops"?: number | null,"held_reason"?: string | null,"held_since"?: string | null,"id"?: never,"in_doubt_since"?: string | null,"is_live"?: never,"last_code"?: string | null,"last_http_status"?: number | null,"last_operation_index"?: number | null,"ledger"?: number | null,"max_ledger"?: number,"max_time"?: string,"memo"?: string | null,"memo_type"?: string | null,"next_check_at"?: string,"operation_count"?: number,"organization_id"?: number,"payroll_run_id"?: number | null,"proof"?: string | null,"required_fee_stroops"?: number | null,"result_xdr"?: string | null,"search_vector"?: never,"sequence_account"?: never,"sequence_number"?: string,"signed_envelope_xdr"?: string | null,"source_account"?: string,"status"?: string,"submission_state"?: string,"transaction_type"?: string,"tx_hash"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "transactions_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employee_exports"
      referencedColumns: ["organization_id","employee_id"]
    },{
      foreignKeyName: "transactions_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employees"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "transactions_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "transactions_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_run_summaries"
      referencedColumns: ["organization_id","payroll_run_id"]
    },{
      foreignKeyName: "transactions_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_runs"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"user_preferences": {
                  Row: {
                    "created_at": string,"id": number,"organization_id": number,"preferences": NonNullable<Json>,"updated_at": string,"user_id": number
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"id"?: never,"organization_id": number,"preferences"?: NonNullable<Json>,"updated_at"?: string,"user_id": number
                  }
                  Update: {
                    "created_at"?: string,"id"?: never,"organization_id"?: number,"preferences"?: NonNullable<Json>,"updated_at"?: string,"user_id"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "user_preferences_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "user_preferences_user_is_a_member_of_the_organization"
      columns: ["organization_id","user_id"]
isOneToOne: true
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"user_preferences_history": {
                  Row: {
                    "changed_at": string,"changed_by": string,"changed_key": string | null,"id": number,"organization_id": number,"preferences": NonNullable<Json>,"user_id": number
                  }
                  ComputedFields: never
                  Insert: {
                    "changed_at"?: string,"changed_by": string,"changed_key"?: string | null,"id"?: never,"organization_id": number,"preferences": NonNullable<Json>,"user_id": number
                  }
                  Update: {
                    "changed_at"?: string,"changed_by"?: string,"changed_key"?: string | null,"id"?: never,"organization_id"?: number,"preferences"?: NonNullable<Json>,"user_id"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "user_preferences_history_user_is_a_member_of_the_organization"
      columns: ["organization_id","user_id"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"users": {
                  Row: {
                    "auth_user_id": string | null,"created_at": string,"deleted_at": string | null,"email": string,"id": number,"is_default": boolean,"organization_id": number,"role": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "auth_user_id"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"email": string,"id"?: never,"is_default"?: boolean,"organization_id": number,"role": string,"updated_at"?: string
                  }
                  Update: {
                    "auth_user_id"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"email"?: string,"id"?: never,"is_default"?: boolean,"organization_id"?: number,"role"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "users_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"wallet_changes": {
                  Row: {
                    "created_at": string,"decided_at": string | null,"decided_by": number | null,"effective_at": string | null,"employee_id": number,"id": number,"new_address": string | null,"new_email": string | null,"new_memo": string | null,"new_memo_type": string | null,"organization_id": number,"policy": string,"previous_address": string | null,"previous_email": string | null,"previous_memo": string | null,"previous_memo_type": string | null,"requested_by": string,"requested_by_user": number | null,"state": string,"subject": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"decided_at"?: string | null,"decided_by"?: number | null,"effective_at"?: string | null,"employee_id": number,"id"?: never,"new_address"?: string | null,"new_email"?: string | null,"new_memo"?: string | null,"new_memo_type"?: string | null,"organization_id": number,"policy": string,"previous_address"?: string | null,"previous_email"?: string | null,"previous_memo"?: string | null,"previous_memo_type"?: string | null,"requested_by": string,"requested_by_user"?: number | null,"state"?: string,"subject"?: string
                  }
                  Update: {
                    "created_at"?: string,"decided_at"?: string | null,"decided_by"?: number | null,"effective_at"?: string | null,"employee_id"?: number,"id"?: never,"new_address"?: string | null,"new_email"?: string | null,"new_memo"?: string | null,"new_memo_type"?: string | null,"organization_id"?: number,"policy"?: string,"previous_address"?: string | null,"previous_email"?: string | null,"previous_memo"?: string | null,"previous_memo_type"?: string | null,"requested_by"?: string,"requested_by_user"?: number | null,"state"?: string,"subject"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "wallet_changes_decider_is_a_member_of_the_organization"
      columns: ["organization_id","decided_by"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "wallet_changes_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employee_exports"
      referencedColumns: ["organization_id","employee_id"]
    },{
      foreignKeyName: "wallet_changes_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employees"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "wallet_changes_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "wallet_changes_requester_is_a_member_of_the_organization"
      columns: ["organization_id","requested_by_user"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"wallets": {
                  Row: {
                    "account_state": string,"asked_at": string | null,"asset_code": string,"asset_issuer": string,"balance": number,"buying_liabilities": number | null,"created_at": string,"employee_id": number | null,"gone_since_ledger": number | null,"id": string,"is_active": boolean,"is_frozen": boolean,"last_synced_at": string | null,"memo_required": boolean | null,"organization_id": number,"read_problem": string | null,"selling_liabilities": number | null,"synced_ledger": number | null,"trust_limit": number | null,"trustline_state": string,"updated_at": string,"wallet_address": string,"wallet_type": string
                  }
                  ComputedFields: never
                  Insert: {
                    "account_state"?: string,"asked_at"?: string | null,"asset_code"?: string,"asset_issuer"?: string,"balance"?: number,"buying_liabilities"?: number | null,"created_at"?: string,"employee_id"?: number | null,"gone_since_ledger"?: number | null,"id"?: string,"is_active"?: boolean,"is_frozen"?: boolean,"last_synced_at"?: string | null,"memo_required"?: boolean | null,"organization_id": number,"read_problem"?: string | null,"selling_liabilities"?: number | null,"synced_ledger"?: number | null,"trust_limit"?: number | null,"trustline_state"?: string,"updated_at"?: string,"wallet_address": string,"wallet_type": string
                  }
                  Update: {
                    "account_state"?: string,"asked_at"?: string | null,"asset_code"?: string,"asset_issuer"?: string,"balance"?: number,"buying_liabilities"?: number | null,"created_at"?: string,"employee_id"?: number | null,"gone_since_ledger"?: number | null,"id"?: string,"is_active"?: boolean,"is_frozen"?: boolean,"last_synced_at"?: string | null,"memo_required"?: boolean | null,"organization_id"?: number,"read_problem"?: string | null,"selling_liabilities"?: number | null,"synced_ledger"?: number | null,"trust_limit"?: number | null,"trustline_state"?: string,"updated_at"?: string,"wallet_address"?: string,"wallet_type"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "wallets_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employee_exports"
      referencedColumns: ["organization_id","employee_id"]
    },{
      foreignKeyName: "wallets_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employees"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "wallets_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"webhook_attempts": {
                  Row: {
                    "attempt_number": number,"connect_ms": number | null,"delivered_at": string,"delivery_number": number | null,"dialler": string | null,"duration_ms": number | null,"endpoint_id": number,"error_class": string | null,"error_message": string | null,"event_id": number,"id": number,"organization_id": number,"outcome": string,"peer_address": unknown,"read_ms": number | null,"resolve_ms": number | null,"response_body": string | null,"response_status": number | null,"signed_at": number | null,"tls_ms": number | null,"wait_ms": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "attempt_number": number,"connect_ms"?: number | null,"delivered_at"?: string,"delivery_number"?: number | null,"dialler"?: string | null,"duration_ms"?: number | null,"endpoint_id": number,"error_class"?: string | null,"error_message"?: string | null,"event_id": number,"id"?: never,"organization_id": number,"outcome": string,"peer_address"?: unknown,"read_ms"?: number | null,"resolve_ms"?: number | null,"response_body"?: string | null,"response_status"?: number | null,"signed_at"?: number | null,"tls_ms"?: number | null,"wait_ms"?: number | null
                  }
                  Update: {
                    "attempt_number"?: number,"connect_ms"?: number | null,"delivered_at"?: string,"delivery_number"?: number | null,"dialler"?: string | null,"duration_ms"?: number | null,"endpoint_id"?: number,"error_class"?: string | null,"error_message"?: string | null,"event_id"?: number,"id"?: never,"organization_id"?: number,"outcome"?: string,"peer_address"?: unknown,"read_ms"?: number | null,"resolve_ms"?: number | null,"response_body"?: string | null,"response_status"?: number | null,"signed_at"?: number | null,"tls_ms"?: number | null,"wait_ms"?: number | null
                  }
                  Relationships: [
                    
                  ]
                },"webhook_subscriptions": {
                  Row: {
                    "created_at": string,"deleted_at": string | null,"description": string | null,"endpoint_id": number,"events": (string)[],"failing_since": string | null,"filter": Json | null,"header_names": (string)[],"id": string,"inactive_reason": string | null,"is_active": boolean,"is_ordered": boolean,"log_days": number,"max_per_second": number | null,"organization_id": number,"public_key": string | null,"retry_seconds": (number)[] | null,"signature": string,"timeout_ms": number,"updated_at": string,"url": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"deleted_at"?: string | null,"description"?: string | null,"endpoint_id"?: never,"events"?: (string)[],"failing_since"?: string | null,"filter"?: Json | null,"header_names"?: (string)[],"id"?: string,"inactive_reason"?: string | null,"is_active"?: boolean,"is_ordered"?: boolean,"log_days"?: number,"max_per_second"?: number | null,"organization_id": number,"public_key"?: string | null,"retry_seconds"?: (number)[] | null,"signature"?: string,"timeout_ms"?: number,"updated_at"?: string,"url": string,"version"?: number
                  }
                  Update: {
                    "created_at"?: string,"deleted_at"?: string | null,"description"?: string | null,"endpoint_id"?: never,"events"?: (string)[],"failing_since"?: string | null,"filter"?: Json | null,"header_names"?: (string)[],"id"?: string,"inactive_reason"?: string | null,"is_active"?: boolean,"is_ordered"?: boolean,"log_days"?: number,"max_per_second"?: number | null,"organization_id"?: number,"public_key"?: string | null,"retry_seconds"?: (number)[] | null,"signature"?: string,"timeout_ms"?: number,"updated_at"?: string,"url"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "webhook_subscriptions_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                }
          }
          Views: {
            "audit_trail": {
                  Row: {
                    "action": string,"actor": string,"changes": Json | null,"created_at": string,"email": string | null,"id": number,"ip_address": string | null,"organization_id": number,"resource_id": string,"resource_type": string,"user_id": number | null
                  }
                  ComputedFields: never
                  Insert: {
                           "action"?: string | null,"actor"?: string | null,"changes"?: Json | null,"created_at"?: string | null,"email"?: string | null,"id"?: number | null,"ip_address"?: string | null,"organization_id"?: number | null,"resource_id"?: string | null,"resource_type"?: string | null,"user_id"?: number | null
                         }
                        Update: {
                           "action"?: string | null,"actor"?: string | null,"changes"?: Json | null,"created_at"?: string | null,"email"?: string | null,"id"?: number | null,"ip_address"?: string | null,"organization_id"?: number | null,"resource_id"?: string | null,"resource_type"?: string | null,"user_id"?: number | null
                         }
                        Relationships: [
                    {
      foreignKeyName: "audit_logs_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "audit_logs_user_is_a_member_of_the_organization"
      columns: ["organization_id","user_id"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"balances_by_asset": {
                  Row: {
                    "asset_code": string,"asset_issuer": string,"balance": string | null,"frozen_wallets": number | null,"oldest_sync_at": string | null,"organization_id": number,"wallet_type": string,"wallets": number | null
                  }
                  ComputedFields: never
                  Insert: {
                           "asset_code"?: string | null,"asset_issuer"?: string | null,"balance"?: string | null,"frozen_wallets"?: number | null,"oldest_sync_at"?: string | null,"organization_id"?: number | null,"wallet_type"?: string | null,"wallets"?: number | null
                         }
                        Update: {
                           "asset_code"?: string | null,"asset_issuer"?: string | null,"balance"?: string | null,"frozen_wallets"?: number | null,"oldest_sync_at"?: string | null,"organization_id"?: number | null,"wallet_type"?: string | null,"wallets"?: number | null
                         }
                        Relationships: [
                    {
      foreignKeyName: "wallets_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"employee_exports": {
                  Row: {
                    "asset_code": string,"asset_issuer": string,"created_at": string,"department": string | null,"email": string | null,"employee_id": number,"first_name": string | null,"last_name": string | null,"memo": string | null,"memo_type": string | null,"organization_id": number,"position": string | null,"salary": string | null,"status": string,"wallet_address": string | null
                  }
                  ComputedFields: never
                  Insert: {
                           "asset_code"?: string | null,"asset_issuer"?: string | null,"created_at"?: string | null,"department"?: never,"email"?: never,"employee_id"?: number | null,"first_name"?: never,"last_name"?: never,"memo"?: never,"memo_type"?: string | null,"organization_id"?: number | null,"position"?: never,"salary"?: never,"status"?: string | null,"wallet_address"?: string | null
                         }
                        Update: {
                           "asset_code"?: string | null,"asset_issuer"?: string | null,"created_at"?: string | null,"department"?: never,"email"?: never,"employee_id"?: number | null,"first_name"?: never,"last_name"?: never,"memo"?: never,"memo_type"?: string | null,"organization_id"?: number | null,"position"?: never,"salary"?: never,"status"?: string | null,"wallet_address"?: string | null
                         }
                        Relationships: [
                    {
      foreignKeyName: "employees_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"ledger_differences": {
                  Row: {
                    "account_id": string | null,"amount": string | null,"asset_code": string | null,"asset_issuer": string | null,"counterparty": string | null,"difference_id": string | null,"history_gap_id": number | null,"kind": string | null,"ledger": number | null,"ledger_movement_id": number | null,"occurred_at": string | null,"operation_index": number | null,"organization_id": number | null,"state": string | null,"tx_hash": string | null
                  }
                  ComputedFields: never
                  Relationships: [
                    
                  ]
                },"ledger_statements": {
                  Row: {
                    "account_id": string,"asset_code": string | null,"asset_issuer": string | null,"closing_balance": string | null,"day": string | null,"epoch": number,"fees": string | null,"movements": number | null,"opening_balance": string | null,"organization_id": number,"paid_as_planned": string | null,"paid_otherwise": string | null,"received": string | null,"unplanned_movements": number | null
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "account_histories_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"organization_statements": {
                  Row: {
                    "amount": string | null,"asset_code": string,"asset_issuer": string,"claimable_balance_status": string | null,"closed_at": string | null,"destination": string,"employee": string | null,"employee_id": number,"ledger": number | null,"memo": string | null,"operation_index": number,"organization_id": number,"payout_method": string | null,"payroll_run_id": number,"refund_tx_hash": string | null,"refunded_at": string | null,"source_account": string,"tx_hash": string
                  }
                  ComputedFields: never
                  Insert: {
                           "amount"?: string | null,"asset_code"?: string | null,"asset_issuer"?: string | null,"claimable_balance_status"?: string | null,"closed_at"?: string | null,"destination"?: string | null,"employee"?: string | null,"employee_id"?: number | null,"ledger"?: number | null,"memo"?: string | null,"operation_index"?: number | null,"organization_id"?: number | null,"payout_method"?: string | null,"payroll_run_id"?: number | null,"refund_tx_hash"?: string | null,"refunded_at"?: string | null,"source_account"?: string | null,"tx_hash"?: string | null
                         }
                        Update: {
                           "amount"?: string | null,"asset_code"?: string | null,"asset_issuer"?: string | null,"claimable_balance_status"?: string | null,"closed_at"?: string | null,"destination"?: string | null,"employee"?: string | null,"employee_id"?: number | null,"ledger"?: number | null,"memo"?: string | null,"operation_index"?: number | null,"organization_id"?: number | null,"payout_method"?: string | null,"payroll_run_id"?: number | null,"refund_tx_hash"?: string | null,"refunded_at"?: string | null,"source_account"?: string | null,"tx_hash"?: string | null
                         }
                        Relationships: [
                    {
      foreignKeyName: "transaction_operations_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employee_exports"
      referencedColumns: ["organization_id","employee_id"]
    },{
      foreignKeyName: "transaction_operations_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employees"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "transaction_operations_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_run_summaries"
      referencedColumns: ["organization_id","payroll_run_id"]
    },{
      foreignKeyName: "transaction_operations_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_runs"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payments_in_doubt": {
                  Row: {
                    "amount": string | null,"asset_code": string,"asset_issuer": string,"contradiction_id": number,"in_doubt_since": string,"ledger": number | null,"organization_id": number,"payroll_run_id": number | null,"sequence_number": string,"source_account": string,"transaction_id": number,"tx_hash": string
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "transactions_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "transactions_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_run_summaries"
      referencedColumns: ["organization_id","payroll_run_id"]
    },{
      foreignKeyName: "transactions_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_runs"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payroll_decisions": {
                  Row: {
                    "content_hash": string,"created_at": string,"decision": string,"email": string | null,"id": number,"organization_id": number,"payroll_run_id": number,"reason": string | null,"role": string | null,"user_id": number,"voided_at": string | null
                  }
                  ComputedFields: never
                  Insert: {
                           "content_hash"?: string | null,"created_at"?: string | null,"decision"?: string | null,"email"?: string | null,"id"?: number | null,"organization_id"?: number | null,"payroll_run_id"?: number | null,"reason"?: string | null,"role"?: string | null,"user_id"?: number | null,"voided_at"?: string | null
                         }
                        Update: {
                           "content_hash"?: string | null,"created_at"?: string | null,"decision"?: string | null,"email"?: string | null,"id"?: number | null,"organization_id"?: number | null,"payroll_run_id"?: number | null,"reason"?: string | null,"role"?: string | null,"user_id"?: number | null,"voided_at"?: string | null
                         }
                        Relationships: [
                    {
      foreignKeyName: "payroll_run_approvals_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "payroll_run_approvals_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_run_summaries"
      referencedColumns: ["organization_id","payroll_run_id"]
    },{
      foreignKeyName: "payroll_run_approvals_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_runs"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payroll_run_approvals_user_is_a_member_of_the_organization"
      columns: ["organization_id","user_id"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payroll_item_details": {
                  Row: {
                    "amount": number,"amount_reason": string | null,"claimable_balance_id": string | null,"claimable_balance_status": string | null,"created_at": string,"department": string | null,"description": string | null,"destination": string | null,"email": string,"employee_id": number,"failure_code": string | null,"failure_reason": string | null,"first_name": string,"id": number,"item_type": string,"last_name": string,"organization_id": number,"payout_method": string,"payroll_run_id": number,"position": string | null,"status": string,"tx_hash": string | null,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                           "amount"?: number | null,"amount_reason"?: string | null,"claimable_balance_id"?: string | null,"claimable_balance_status"?: string | null,"created_at"?: string | null,"department"?: string | null,"description"?: string | null,"destination"?: string | null,"email"?: string | null,"employee_id"?: number | null,"failure_code"?: string | null,"failure_reason"?: string | null,"first_name"?: string | null,"id"?: number | null,"item_type"?: string | null,"last_name"?: string | null,"organization_id"?: number | null,"payout_method"?: string | null,"payroll_run_id"?: number | null,"position"?: string | null,"status"?: string | null,"tx_hash"?: string | null,"updated_at"?: string | null
                         }
                        Update: {
                           "amount"?: number | null,"amount_reason"?: string | null,"claimable_balance_id"?: string | null,"claimable_balance_status"?: string | null,"created_at"?: string | null,"department"?: string | null,"description"?: string | null,"destination"?: string | null,"email"?: string | null,"employee_id"?: number | null,"failure_code"?: string | null,"failure_reason"?: string | null,"first_name"?: string | null,"id"?: number | null,"item_type"?: string | null,"last_name"?: string | null,"organization_id"?: number | null,"payout_method"?: string | null,"payroll_run_id"?: number | null,"position"?: string | null,"status"?: string | null,"tx_hash"?: string | null,"updated_at"?: string | null
                         }
                        Relationships: [
                    {
      foreignKeyName: "payroll_items_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employee_exports"
      referencedColumns: ["organization_id","employee_id"]
    },{
      foreignKeyName: "payroll_items_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employees"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payroll_items_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_run_summaries"
      referencedColumns: ["organization_id","payroll_run_id"]
    },{
      foreignKeyName: "payroll_items_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_runs"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payroll_preflight_reports": {
                  Row: {
                    "claimable_count": number | null,"failing_amount": number | null,"failing_count": number | null,"fee_budget": number | null,"finished_at": string | null,"from_ledger": number | null,"is_current": boolean | null,"known_at": string | null,"needed": number | null,"new_account_count": number | null,"organization_id": number,"payee_count": number | null,"payroll_preflight_id": number,"payroll_run_id": number,"requested_at": string,"requested_by": number | null,"reserve": number | null,"short": number | null,"source_account": string | null,"spendable": number | null,"to_ledger": number | null,"total_amount": number | null,"transaction_count": number | null,"unknown_count": number | null,"verdict": string | null,"verdict_then": string | null,"xlm_needed": number | null,"xlm_short": number | null,"xlm_spendable": number | null
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "payroll_preflights_requester_is_a_member_of_the_organization"
      columns: ["organization_id","requested_by"]
isOneToOne: false
      referencedRelation: "users"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payroll_preflights_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_run_summaries"
      referencedColumns: ["organization_id","payroll_run_id"]
    },{
      foreignKeyName: "payroll_preflights_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_runs"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payroll_run_summaries": {
                  Row: {
                    "approved_at": string | null,"asset_code": string,"asset_issuer": string,"batch_id": string,"created_at": string,"failed_items": number | null,"failure_code": string | null,"failure_reason": string | null,"item_count": number,"organization_id": number,"paid_amount": string | null,"paid_items": number | null,"payroll_run_id": number,"period_end": string,"period_start": string,"processed_at": string | null,"reclaimed_items": number | null,"status": string,"submitted_at": string | null,"total_amount": string | null,"transactions_awaiting_signature": number | null,"transactions_in_doubt": number | null,"unclaimed_items": number | null,"waiting_items": number | null
                  }
                  ComputedFields: never
                  Insert: {
                           "approved_at"?: string | null,"asset_code"?: string | null,"asset_issuer"?: string | null,"batch_id"?: string | null,"created_at"?: string | null,"failed_items"?: number | null,"failure_code"?: string | null,"failure_reason"?: string | null,"item_count"?: number | null,"organization_id"?: number | null,"paid_amount"?: string | null,"paid_items"?: number | null,"payroll_run_id"?: number | null,"period_end"?: string | null,"period_start"?: string | null,"processed_at"?: string | null,"reclaimed_items"?: number | null,"status"?: string | null,"submitted_at"?: string | null,"total_amount"?: string | null,"transactions_awaiting_signature"?: number | null,"transactions_in_doubt"?: number | null,"unclaimed_items"?: number | null,"waiting_items"?: number | null
                         }
                        Update: {
                           "approved_at"?: string | null,"asset_code"?: string | null,"asset_issuer"?: string | null,"batch_id"?: string | null,"created_at"?: string | null,"failed_items"?: number | null,"failure_code"?: string | null,"failure_reason"?: string | null,"item_count"?: number | null,"organization_id"?: number | null,"paid_amount"?: string | null,"paid_items"?: number | null,"payroll_run_id"?: number | null,"period_end"?: string | null,"period_start"?: string | null,"processed_at"?: string | null,"reclaimed_items"?: number | null,"status"?: string | null,"submitted_at"?: string | null,"total_amount"?: string | null,"transactions_awaiting_signature"?: number | null,"transactions_in_doubt"?: number | null,"unclaimed_items"?: number | null,"waiting_items"?: number | null
                         }
                        Relationships: [
                    {
      foreignKeyName: "payroll_runs_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"payroll_trail": {
                  Row: {
                    "action": string,"actor": string,"created_at": string,"email": string | null,"id": number,"new_state": NonNullable<Json>,"organization_id": number,"payroll_run_id": number,"previous_state": Json | null,"reason": string | null,"user_id": number | null
                  }
                  ComputedFields: never
                  Insert: {
                           "action"?: string | null,"actor"?: string | null,"created_at"?: string | null,"email"?: string | null,"id"?: number | null,"new_state"?: Json | null,"organization_id"?: number | null,"payroll_run_id"?: number | null,"previous_state"?: Json | null,"reason"?: string | null,"user_id"?: number | null
                         }
                        Update: {
                           "action"?: string | null,"actor"?: string | null,"created_at"?: string | null,"email"?: string | null,"id"?: number | null,"new_state"?: Json | null,"organization_id"?: number | null,"payroll_run_id"?: number | null,"previous_state"?: Json | null,"reason"?: string | null,"user_id"?: number | null
                         }
                        Relationships: [
                    {
      foreignKeyName: "payroll_audit_logs_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "payroll_audit_logs_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_run_summaries"
      referencedColumns: ["organization_id","payroll_run_id"]
    },{
      foreignKeyName: "payroll_audit_logs_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_runs"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payslips": {
                  Row: {
                    "asset_code": string | null,"asset_issuer": string | null,"base_amount": string | null,"bonus_amount": string | null,"claimable_balance_id": string | null,"claimable_balance_status": string | null,"destination": string | null,"employee_id": number,"failure_code": string | null,"failure_reason": string | null,"first_name": string | null,"last_name": string | null,"organization_id": number,"payout_method": string | null,"payroll_run_id": number,"period_end": string | null,"period_start": string | null,"status": string | null,"total_amount": string | null,"tx_hash": string | null,"updated_at": string | null
                  }
                  ComputedFields: never
                  Insert: {
                           "asset_code"?: string | null,"asset_issuer"?: string | null,"base_amount"?: string | null,"bonus_amount"?: string | null,"claimable_balance_id"?: string | null,"claimable_balance_status"?: string | null,"destination"?: string | null,"employee_id"?: number | null,"failure_code"?: string | null,"failure_reason"?: string | null,"first_name"?: string | null,"last_name"?: string | null,"organization_id"?: number | null,"payout_method"?: string | null,"payroll_run_id"?: number | null,"period_end"?: string | null,"period_start"?: string | null,"status"?: string | null,"total_amount"?: string | null,"tx_hash"?: string | null,"updated_at"?: string | null
                         }
                        Update: {
                           "asset_code"?: string | null,"asset_issuer"?: string | null,"base_amount"?: string | null,"bonus_amount"?: string | null,"claimable_balance_id"?: string | null,"claimable_balance_status"?: string | null,"destination"?: string | null,"employee_id"?: number | null,"failure_code"?: string | null,"failure_reason"?: string | null,"first_name"?: string | null,"last_name"?: string | null,"organization_id"?: number | null,"payout_method"?: string | null,"payroll_run_id"?: number | null,"period_end"?: string | null,"period_start"?: string | null,"status"?: string | null,"total_amount"?: string | null,"tx_hash"?: string | null,"updated_at"?: string | null
                         }
                        Relationships: [
                    {
      foreignKeyName: "payroll_items_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employee_exports"
      referencedColumns: ["organization_id","employee_id"]
    },{
      foreignKeyName: "payroll_items_employee_belongs_to_the_organization"
      columns: ["organization_id","employee_id"]
isOneToOne: false
      referencedRelation: "employees"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payroll_items_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_run_summaries"
      referencedColumns: ["organization_id","payroll_run_id"]
    },{
      foreignKeyName: "payroll_items_run_belongs_to_the_organization"
      columns: ["organization_id","payroll_run_id"]
isOneToOne: false
      referencedRelation: "payroll_runs"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"webhook_delivery_logs": {
                  Row: {
                    "attempt_number": number | null,"body_sha256": string | null,"connect_ms": number | null,"delivered_at": string,"delivery_number": number | null,"dialler": string | null,"duration_ms": number | null,"error_class": string | null,"error_message": string | null,"event_id": number,"event_type": string,"id": number,"organization_id": number,"outcome": string,"payload": string,"peer_address": string | null,"read_ms": number | null,"resolve_ms": number | null,"response_body": string | null,"response_status": number | null,"subscription_id": string,"tls_ms": number | null,"wait_ms": number | null
                  }
                  ComputedFields: never
                  Relationships: [
                    
                  ]
                }
          }
          Functions: {
            "accept_employee_invitation":
{ Args: { "token": string }; Returns: {
              "asset_code": string,
"asset_issuer": string,
"auth_user_id": string | null,
"created_at": string,
"deleted_at": string | null,
"department": string | null,
"email": string,
"first_name": string,
"id": number,
"last_name": string,
"memo": string | null,
"memo_type": string | null,
"organization_id": number,
"position": string | null,
"salary": number | null,
"search_vector": unknown,
"status": string,
"updated_at": string,
"version": number,
"wallet_address": string | null,
"wallet_address_set_at": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "employees"
        isOneToOne: false
        isSetofReturn: true
      } },
"accept_history_gap":
{ Args: { "gap_id": number,"reason": string }; Returns: {
              "accepted_by": number | null,
"accepted_reason": string | null,
"account_id": string,
"asset_code": string | null,
"asset_issuer": string | null,
"closed_at": string | null,
"epoch": number,
"expected": string | null,
"found": string | null,
"found_at": string,
"from_ledger": number,
"from_sequence": string | null,
"id": number,
"kind": string,
"organization_id": number,
"state": string,
"to_ledger": number,
"to_sequence": string | null,
"tx_hash": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "history_gaps"
        isOneToOne: false
        isSetofReturn: true
      } },
"accept_invitation":
{ Args: { "token": string }; Returns: {
              "auth_user_id": string | null,
"created_at": string,
"deleted_at": string | null,
"email": string,
"id": number,
"is_default": boolean,
"organization_id": number,
"role": string,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "users"
        isOneToOne: false
        isSetofReturn: true
      } },
"accounts_to_check":
{ Args: { "lease_token": string,"payroll_run_id": number }; Returns: Json
                           },
"add_base_pay":
{ Args: { "amount"?: string,"employee_id": number,"expected_version"?: number,"idempotency_key"?: string,"payroll_run_id": number,"reason"?: string }; Returns: {
              "amount": number,
"amount_reason": string | null,
"claimable_balance_id": string | null,
"claimable_balance_status": string | null,
"created_at": string,
"description": string | null,
"destination": string | null,
"employee_id": number,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_type": string,
"memo": string | null,
"memo_type": string | null,
"organization_id": number,
"payout_method": string,
"payroll_run_id": number,
"status": string,
"transaction_operation_id": number | null,
"tx_hash": string | null,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_items"
        isOneToOne: false
        isSetofReturn: true
      } },
"add_bonus":
{ Args: { "amount": string,"description"?: string,"employee_id": number,"expected_version"?: number,"idempotency_key"?: string,"payroll_run_id": number }; Returns: {
              "amount": number,
"amount_reason": string | null,
"claimable_balance_id": string | null,
"claimable_balance_status": string | null,
"created_at": string,
"description": string | null,
"destination": string | null,
"employee_id": number,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_type": string,
"memo": string | null,
"memo_type": string | null,
"organization_id": number,
"payout_method": string,
"payroll_run_id": number,
"status": string,
"transaction_operation_id": number | null,
"tx_hash": string | null,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_items"
        isOneToOne: false
        isSetofReturn: true
      } },
"add_channel_account":
{ Args: { "channel_account": string,"source_account": string }; Returns: Database["public"]['CompositeTypes']["channel_account"][]
                          SetofOptions: {
        from: "*"
        to: "channel_account"
        isOneToOne: false
        isSetofReturn: true
      } },
"apply_account_history":
{ Args: { "page": Json }; Returns: {
              "recorded": number,"repeated": number
            }[]
                           },
"apply_claimable_balances":
{ Args: { "states": Json }; Returns: {
              "changed": number,"created": number,"stale": number,"unchanged": number
            }[]
                           },
"apply_contract_walk":
{ Args: { "page": Json }; Returns: {
              "recorded": number,"repeated": number
            }[]
                           },
"apply_wallet_states":
{ Args: { "states": Json }; Returns: {
              "stale": number,"unchanged": number,"unreadable": number,"updated": number
            }[]
                           },
"approve_payroll_run":
{ Args: { "content_hash": string,"payroll_run_id": number }; Returns: {
              "allows_overlap": boolean,
"allows_shared_wallets": boolean,
"approved_at": string | null,
"asset_code": string,
"asset_issuer": string,
"batch_id": string,
"content_hash": string | null,
"created_at": string,
"created_by": number | null,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_count": number,
"memo": string | null,
"organization_id": number,
"period_end": string,
"period_start": string,
"processed_at": string | null,
"reclaim_after_days": number | null,
"source_account": string | null,
"status": string,
"stop_reason": string | null,
"stop_requested": string | null,
"stop_requested_at": string | null,
"submitted_at": string | null,
"submitted_by": number | null,
"total_amount": number,
"total_base_amount": number,
"total_bonus_amount": number,
"updated_at": string,
"version": number,
"waiting_kind": string | null,
"waiting_reason": string | null,
"waiting_since": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_runs"
        isOneToOne: false
        isSetofReturn: true
      } },
"begin_submission":
{ Args: { "lease_token": string,"signed_envelope_xdr": string,"transaction_id": number }; Returns: {
              "amount": number,
"asset_code": string,
"asset_issuer": string,
"attempts": number,
"channel_account": string | null,
"closed_at": string | null,
"created_at": string,
"employee_id": number | null,
"envelope_xdr": string,
"fee_bid_stroops": number,
"fee_charged_stroops": number | null,
"held_reason": string | null,
"held_since": string | null,
"id": number,
"in_doubt_since": string | null,
"is_live": boolean,
"last_code": string | null,
"last_http_status": number | null,
"last_operation_index": number | null,
"ledger": number | null,
"max_ledger": number,
"max_time": string,
"memo": string | null,
"memo_type": string | null,
"next_check_at": string,
"operation_count": number,
"organization_id": number,
"payroll_run_id": number | null,
"proof": string | null,
"required_fee_stroops": number | null,
"result_xdr": string | null,
"search_vector": unknown,
"sequence_account": string,
"sequence_number": string,
"signed_envelope_xdr": string | null,
"source_account": string,
"status": string,
"submission_state": string,
"transaction_type": string,
"tx_hash": string,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "transactions"
        isOneToOne: false
        isSetofReturn: true
      } },
"cancel_payroll_run":
{ Args: { "payroll_run_id": number,"reason": string }; Returns: {
              "allows_overlap": boolean,
"allows_shared_wallets": boolean,
"approved_at": string | null,
"asset_code": string,
"asset_issuer": string,
"batch_id": string,
"content_hash": string | null,
"created_at": string,
"created_by": number | null,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_count": number,
"memo": string | null,
"organization_id": number,
"period_end": string,
"period_start": string,
"processed_at": string | null,
"reclaim_after_days": number | null,
"source_account": string | null,
"status": string,
"stop_reason": string | null,
"stop_requested": string | null,
"stop_requested_at": string | null,
"submitted_at": string | null,
"submitted_by": number | null,
"total_amount": number,
"total_base_amount": number,
"total_bonus_amount": number,
"updated_at": string,
"version": number,
"waiting_kind": string | null,
"waiting_reason": string | null,
"waiting_since": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_runs"
        isOneToOne: false
        isSetofReturn: true
      } },
"cancel_wallet_change":
{ Args: { "wallet_change_id": number }; Returns: {
              "created_at": string,
"decided_at": string | null,
"decided_by": number | null,
"effective_at": string | null,
"employee_id": number,
"id": number,
"new_address": string | null,
"new_email": string | null,
"new_memo": string | null,
"new_memo_type": string | null,
"organization_id": number,
"policy": string,
"previous_address": string | null,
"previous_email": string | null,
"previous_memo": string | null,
"previous_memo_type": string | null,
"requested_by": string,
"requested_by_user": number | null,
"state": string,
"subject": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "wallet_changes"
        isOneToOne: false
        isSetofReturn: true
      } },
"change_member_role":
{ Args: { "role": string,"user_id": number }; Returns: {
              "auth_user_id": string | null,
"created_at": string,
"deleted_at": string | null,
"email": string,
"id": number,
"is_default": boolean,
"organization_id": number,
"role": string,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "users"
        isOneToOne: false
        isSetofReturn: true
      } },
"change_payroll_item":
{ Args: { "amount": string,"expected_version"?: number,"payroll_item_id": number,"reason"?: string }; Returns: {
              "amount": number,
"amount_reason": string | null,
"claimable_balance_id": string | null,
"claimable_balance_status": string | null,
"created_at": string,
"description": string | null,
"destination": string | null,
"employee_id": number,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_type": string,
"memo": string | null,
"memo_type": string | null,
"organization_id": number,
"payout_method": string,
"payroll_run_id": number,
"status": string,
"transaction_operation_id": number | null,
"tx_hash": string | null,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_items"
        isOneToOne: false
        isSetofReturn: true
      } },
"channel_accounts":
{ Args: Record<PropertyKey, never>; Returns: Database["public"]['CompositeTypes']["channel_account"][]
                          SetofOptions: {
        from: "*"
        to: "channel_account"
        isOneToOne: false
        isSetofReturn: true
      } },
"choose_default_organization":
{ Args: { "organization_id": number }; Returns: Database["public"]['CompositeTypes']["own_organization"][]
                          SetofOptions: {
        from: "*"
        to: "own_organization"
        isOneToOne: false
        isSetofReturn: true
      } },
"claim_channel_wishes":
{ Args: Record<PropertyKey, never>; Returns: Database["public"]['CompositeTypes']["channel_wish"][]
                          SetofOptions: {
        from: "*"
        to: "channel_wish"
        isOneToOne: false
        isSetofReturn: true
      } },
"claim_contract_walks":
{ Args: { "batch_size"?: number,"lease_seconds"?: number }; Returns: {
              "contract_id": string,"horizon_url": string,"lease_token": string,"network_passphrase": string,"place": string,"rpc_url": string,"upgrade_tx_hash": string
            }[]
                           },
"claim_disbursement":
{ Args: { "lease_seconds"?: number }; Returns: Database["public"]['CompositeTypes']["claimed_disbursement"][]
                          SetofOptions: {
        from: "*"
        to: "claimed_disbursement"
        isOneToOne: false
        isSetofReturn: true
      } },
"claim_history_walks":
{ Args: { "batch_size"?: number,"lease_seconds"?: number }; Returns: {
              "account_id": string,"cursor": string,"horizon_url": string,"lease_token": string,"lists_balances": boolean,"network_passphrase": string,"walk_id": number
            }[]
                           },
"claim_preflight":
{ Args: { "lease_seconds"?: number }; Returns: Database["public"]['CompositeTypes']["claimed_preflight"][]
                          SetofOptions: {
        from: "*"
        to: "claimed_preflight"
        isOneToOne: false
        isSetofReturn: true
      } },
"claim_transactions_to_track":
{ Args: { "batch_size"?: number,"lease_seconds"?: number }; Returns: {
              "horizon_url": string,"lease_token": string,"max_ledger": number,"max_time": string,"network_passphrase": string,"second_horizon_url": string,"sequence_number": string,"signers": (string)[],"source_account": string,"transaction_id": number,"tx_hash": string
            }[]
                           },
"claim_wallets_for_sync":
{ Args: { "batch_size"?: number,"lease_seconds"?: number }; Returns: {
              "account_id": string,"assets": Json,"horizon_url": string,"is_own": boolean,"lease_token": string,"network_passphrase": string,"rpc_url": string
            }[]
                           },
"claim_webhook_deliveries":
{ Args: { "after"?: number,"batch_size"?: number,"busy"?: (number)[],"lease_seconds"?: number,"trusted_only"?: boolean }; Returns: Json
                           },
"close_organization":
{ Args: { "organization_id": number,"reason": string }; Returns: {
              "allows_claimable_balances": boolean,
"created_at": string,
"deleted_at": string | null,
"id": number,
"name": string,
"reclaim_after_days": number,
"required_approvals": number,
"salary_period": string,
"time_zone": string,
"updated_at": string,
"version": number,
"wallet_change_hours": number,
"wallet_change_policy": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "organizations"
        isOneToOne: false
        isSetofReturn: true
      } },
"compare_source_account":
{ Args: { "lease_token": string,"look": Json,"source_account": string }; Returns: string
                           },
"complete_webhook_deliveries":
{ Args: { "bodies"?: (string)[],"delivery_ids": (number)[],"diallers"?: (string)[],"durations"?: (number)[],"error_classes"?: (string)[],"error_messages"?: (string)[],"is_last"?: boolean,"lease_id": number,"peers"?: (string)[],"phases"?: (number)[],"retry_after"?: (number)[],"statuses": (number)[] }; Returns: {
              "dead": number,"delivered": number,"retrying": number,"stale": number
            }[]
                           },
"confirm_channel_account":
{ Args: { "channel_account": string,"signature"?: string,"source_account": string }; Returns: boolean
                           },
"confirm_resolution":
{ Args: { "resolution": string,"transaction_id": number }; Returns: {
              "amount": number,
"asset_code": string,
"asset_issuer": string,
"attempts": number,
"channel_account": string | null,
"closed_at": string | null,
"created_at": string,
"employee_id": number | null,
"envelope_xdr": string,
"fee_bid_stroops": number,
"fee_charged_stroops": number | null,
"held_reason": string | null,
"held_since": string | null,
"id": number,
"in_doubt_since": string | null,
"is_live": boolean,
"last_code": string | null,
"last_http_status": number | null,
"last_operation_index": number | null,
"ledger": number | null,
"max_ledger": number,
"max_time": string,
"memo": string | null,
"memo_type": string | null,
"next_check_at": string,
"operation_count": number,
"organization_id": number,
"payroll_run_id": number | null,
"proof": string | null,
"required_fee_stroops": number | null,
"result_xdr": string | null,
"search_vector": unknown,
"sequence_account": string,
"sequence_number": string,
"signed_envelope_xdr": string | null,
"source_account": string,
"status": string,
"submission_state": string,
"transaction_type": string,
"tx_hash": string,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "transactions"
        isOneToOne: false
        isSetofReturn: true
      } },
"confirm_wallet_change":
{ Args: { "wallet_change_id": number }; Returns: {
              "created_at": string,
"decided_at": string | null,
"decided_by": number | null,
"effective_at": string | null,
"employee_id": number,
"id": number,
"new_address": string | null,
"new_email": string | null,
"new_memo": string | null,
"new_memo_type": string | null,
"organization_id": number,
"policy": string,
"previous_address": string | null,
"previous_email": string | null,
"previous_memo": string | null,
"previous_memo_type": string | null,
"requested_by": string,
"requested_by_user": number | null,
"state": string,
"subject": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "wallet_changes"
        isOneToOne: false
        isSetofReturn: true
      } },
"continue_preflight":
{ Args: { "lease_token": string,"next_look_seconds": number,"payroll_preflight_id": number }; Returns: undefined
                           },
"count_unread_notifications":
{ Args: Record<PropertyKey, never>; Returns: number
                           },
"create_employee":
{ Args: { "fields": Json,"idempotency_key"?: string }; Returns: {
              "asset_code": string,
"asset_issuer": string,
"auth_user_id": string | null,
"created_at": string,
"deleted_at": string | null,
"department": string | null,
"email": string,
"first_name": string,
"id": number,
"last_name": string,
"memo": string | null,
"memo_type": string | null,
"organization_id": number,
"position": string | null,
"salary": number | null,
"search_vector": unknown,
"status": string,
"updated_at": string,
"version": number,
"wallet_address": string | null,
"wallet_address_set_at": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "employees"
        isOneToOne: false
        isSetofReturn: true
      } },
"create_organization":
{ Args: { "idempotency_key"?: string,"name": string,"time_zone"?: string }; Returns: {
              "allows_claimable_balances": boolean,
"created_at": string,
"deleted_at": string | null,
"id": number,
"name": string,
"reclaim_after_days": number,
"required_approvals": number,
"salary_period": string,
"time_zone": string,
"updated_at": string,
"version": number,
"wallet_change_hours": number,
"wallet_change_policy": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "organizations"
        isOneToOne: false
        isSetofReturn: true
      } },
"create_payroll_run":
{ Args: { "asset_code"?: string,"asset_issuer"?: string,"idempotency_key"?: string,"memo"?: string,"period_end": string,"period_start": string }; Returns: {
              "allows_overlap": boolean,
"allows_shared_wallets": boolean,
"approved_at": string | null,
"asset_code": string,
"asset_issuer": string,
"batch_id": string,
"content_hash": string | null,
"created_at": string,
"created_by": number | null,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_count": number,
"memo": string | null,
"organization_id": number,
"period_end": string,
"period_start": string,
"processed_at": string | null,
"reclaim_after_days": number | null,
"source_account": string | null,
"status": string,
"stop_reason": string | null,
"stop_requested": string | null,
"stop_requested_at": string | null,
"submitted_at": string | null,
"submitted_by": number | null,
"total_amount": number,
"total_base_amount": number,
"total_bonus_amount": number,
"updated_at": string,
"version": number,
"waiting_kind": string | null,
"waiting_reason": string | null,
"waiting_since": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_runs"
        isOneToOne: false
        isSetofReturn: true
      } },
"create_payroll_schedule":
{ Args: { "fields": Json,"idempotency_key"?: string }; Returns: {
              "anchor_on": string | null,
"asset_code": string,
"asset_issuer": string,
"created_at": string,
"created_by": number | null,
"day_of_month": number | null,
"day_of_week": number | null,
"frequency": string,
"id": number,
"is_active": boolean,
"last_error": string | null,
"last_run_on": string | null,
"local_time": string,
"memo": string | null,
"missed_policy": string,
"name": string,
"next_run_at": string | null,
"next_run_on": string | null,
"organization_id": number,
"period_rule": string,
"retry_at": string | null,
"second_day_of_month": number | null,
"starts_on": string,
"time_zone": string,
"updated_at": string,
"version": number
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_schedules"
        isOneToOne: false
        isSetofReturn: true
      } },
"create_webhook_subscription":
{ Args: { "events"?: (string)[],"idempotency_key"?: string,"options"?: Json,"url": string }; Returns: Database["public"]['CompositeTypes']["webhook_subscription_with_secret"][]
                          SetofOptions: {
        from: "*"
        to: "webhook_subscription_with_secret"
        isOneToOne: false
        isSetofReturn: true
      } },
"delete_webhook_subscription":
{ Args: { "id": string }; Returns: {
              "created_at": string,
"deleted_at": string | null,
"description": string | null,
"endpoint_id": number,
"events": (string)[],
"failing_since": string | null,
"filter": Json | null,
"header_names": (string)[],
"id": string,
"inactive_reason": string | null,
"is_active": boolean,
"is_ordered": boolean,
"log_days": number,
"max_per_second": number | null,
"organization_id": number,
"public_key": string | null,
"retry_seconds": (number)[] | null,
"signature": string,
"timeout_ms": number,
"updated_at": string,
"url": string,
"version": number
            }[]
                          SetofOptions: {
        from: "*"
        to: "webhook_subscriptions"
        isOneToOne: false
        isSetofReturn: true
      } },
"disburse_payroll_run":
{ Args: { "payroll_run_id": number,"source_account"?: string }; Returns: {
              "allows_overlap": boolean,
"allows_shared_wallets": boolean,
"approved_at": string | null,
"asset_code": string,
"asset_issuer": string,
"batch_id": string,
"content_hash": string | null,
"created_at": string,
"created_by": number | null,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_count": number,
"memo": string | null,
"organization_id": number,
"period_end": string,
"period_start": string,
"processed_at": string | null,
"reclaim_after_days": number | null,
"source_account": string | null,
"status": string,
"stop_reason": string | null,
"stop_requested": string | null,
"stop_requested_at": string | null,
"submitted_at": string | null,
"submitted_by": number | null,
"total_amount": number,
"total_base_amount": number,
"total_bonus_amount": number,
"updated_at": string,
"version": number,
"waiting_kind": string | null,
"waiting_reason": string | null,
"waiting_since": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_runs"
        isOneToOne: false
        isSetofReturn: true
      } },
"discard_payroll_run":
{ Args: { "expected_version"?: number,"payroll_run_id": number,"reason"?: string }; Returns: {
              "allows_overlap": boolean,
"allows_shared_wallets": boolean,
"approved_at": string | null,
"asset_code": string,
"asset_issuer": string,
"batch_id": string,
"content_hash": string | null,
"created_at": string,
"created_by": number | null,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_count": number,
"memo": string | null,
"organization_id": number,
"period_end": string,
"period_start": string,
"processed_at": string | null,
"reclaim_after_days": number | null,
"source_account": string | null,
"status": string,
"stop_reason": string | null,
"stop_requested": string | null,
"stop_requested_at": string | null,
"submitted_at": string | null,
"submitted_by": number | null,
"total_amount": number,
"total_base_amount": number,
"total_bonus_amount": number,
"updated_at": string,
"version": number,
"waiting_kind": string | null,
"waiting_reason": string | null,
"waiting_since": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_runs"
        isOneToOne: false
        isSetofReturn: true
      } },
"doctor":
{ Args: Record<PropertyKey, never>; Returns: Database["public"]['CompositeTypes']["finding"][]
                          SetofOptions: {
        from: "*"
        to: "finding"
        isOneToOne: false
        isSetofReturn: true
      } },
"enable_webhook_subscription":
{ Args: { "id": string,"send_missed"?: boolean }; Returns: {
              "created_at": string,
"deleted_at": string | null,
"description": string | null,
"endpoint_id": number,
"events": (string)[],
"failing_since": string | null,
"filter": Json | null,
"header_names": (string)[],
"id": string,
"inactive_reason": string | null,
"is_active": boolean,
"is_ordered": boolean,
"log_days": number,
"max_per_second": number | null,
"organization_id": number,
"public_key": string | null,
"retry_seconds": (number)[] | null,
"signature": string,
"timeout_ms": number,
"updated_at": string,
"url": string,
"version": number
            }[]
                          SetofOptions: {
        from: "*"
        to: "webhook_subscriptions"
        isOneToOne: false
        isSetofReturn: true
      } },
"enroll_source_account":
{ Args: { "account_id": string,"organization_id": number }; Returns: {
              "account_state": string,
"asked_at": string | null,
"asset_code": string,
"asset_issuer": string,
"balance": number,
"buying_liabilities": number | null,
"created_at": string,
"employee_id": number | null,
"gone_since_ledger": number | null,
"id": string,
"is_active": boolean,
"is_frozen": boolean,
"last_synced_at": string | null,
"memo_required": boolean | null,
"organization_id": number,
"read_problem": string | null,
"selling_liabilities": number | null,
"synced_ledger": number | null,
"trust_limit": number | null,
"trustline_state": string,
"updated_at": string,
"wallet_address": string,
"wallet_type": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "wallets"
        isOneToOne: false
        isSetofReturn: true
      } },
"erase_member":
{ Args: { "reason": string,"user_id": number }; Returns: {
              "auth_user_id": string | null,
"created_at": string,
"deleted_at": string | null,
"email": string,
"id": number,
"is_default": boolean,
"organization_id": number,
"role": string,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "users"
        isOneToOne: false
        isSetofReturn: true
      } },
"erase_person":
{ Args: { "employee_id": number,"reason": string,"settled_elsewhere"?: boolean }; Returns: {
              "asset_code": string,
"asset_issuer": string,
"auth_user_id": string | null,
"created_at": string,
"deleted_at": string | null,
"department": string | null,
"email": string,
"first_name": string,
"id": number,
"last_name": string,
"memo": string | null,
"memo_type": string | null,
"organization_id": number,
"position": string | null,
"salary": number | null,
"search_vector": unknown,
"status": string,
"updated_at": string,
"version": number,
"wallet_address": string | null,
"wallet_address_set_at": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "employees"
        isOneToOne: false
        isSetofReturn: true
      } },
"export_my_data":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"export_person":
{ Args: { "employee_id": number }; Returns: Json
                           },
"extend_disbursement":
{ Args: { "lease_seconds"?: number,"lease_token": string,"source_account": string }; Returns: boolean
                           },
"extend_sync_leases":
{ Args: { "lease_seconds"?: number,"lease_token": string }; Returns: number
                           },
"extend_webhook_deliveries":
{ Args: { "lease_ids": (number)[],"lease_seconds"?: number }; Returns: (number)[]
                           },
"finish_preflight":
{ Args: { "lease_token": string,"payroll_preflight_id": number,"treasury"?: Json }; Returns: {
              "claimable_count": number | null,
"content_hash": string | null,
"failing_amount": number | null,
"failing_count": number | null,
"fee_budget": number | null,
"finished_at": string | null,
"from_ledger": number | null,
"id": number,
"known_at": string | null,
"needed": number | null,
"new_account_count": number | null,
"organization_id": number,
"payee_count": number | null,
"payroll_run_id": number,
"requested_at": string,
"requested_by": number | null,
"reserve": number | null,
"run_version": number,
"short": number | null,
"source_account": string | null,
"spendable": number | null,
"to_ledger": number | null,
"total_amount": number | null,
"transaction_count": number | null,
"unknown_count": number | null,
"verdict": string | null,
"xlm_needed": number | null,
"xlm_short": number | null,
"xlm_spendable": number | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_preflights"
        isOneToOne: false
        isSetofReturn: true
      } },
"get_preferences":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"get_user_preference":
{ Args: { "default_value"?: Json,"key": string,"user_id": number }; Returns: Json
                           },
"hold_transaction":
{ Args: { "lease_token": string,"reason": string,"transaction_id": number }; Returns: {
              "amount": number,
"asset_code": string,
"asset_issuer": string,
"attempts": number,
"channel_account": string | null,
"closed_at": string | null,
"created_at": string,
"employee_id": number | null,
"envelope_xdr": string,
"fee_bid_stroops": number,
"fee_charged_stroops": number | null,
"held_reason": string | null,
"held_since": string | null,
"id": number,
"in_doubt_since": string | null,
"is_live": boolean,
"last_code": string | null,
"last_http_status": number | null,
"last_operation_index": number | null,
"ledger": number | null,
"max_ledger": number,
"max_time": string,
"memo": string | null,
"memo_type": string | null,
"next_check_at": string,
"operation_count": number,
"organization_id": number,
"payroll_run_id": number | null,
"proof": string | null,
"required_fee_stroops": number | null,
"result_xdr": string | null,
"search_vector": unknown,
"sequence_account": string,
"sequence_number": string,
"signed_envelope_xdr": string | null,
"source_account": string,
"status": string,
"submission_state": string,
"transaction_type": string,
"tx_hash": string,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "transactions"
        isOneToOne: false
        isSetofReturn: true
      } },
"import_employees":
{ Args: { "dry_run"?: boolean,"idempotency_key"?: string,"rows": Json }; Returns: {
              "changes": Json,"code": string,"email": string,"employee_id": number,"hint": string,"line": number,"message": string,"outcome": string,"warnings": Json
            }[]
                           },
"invite_employee":
{ Args: { "employee_id": number,"idempotency_key"?: string }; Returns: Database["public"]['CompositeTypes']["employee_invitation"][]
                          SetofOptions: {
        from: "*"
        to: "employee_invitation"
        isOneToOne: false
        isSetofReturn: true
      } },
"invite_member":
{ Args: { "email": string,"idempotency_key"?: string,"role": string }; Returns: Database["public"]['CompositeTypes']["member_invitation"][]
                          SetofOptions: {
        from: "*"
        to: "member_invitation"
        isOneToOne: false
        isSetofReturn: true
      } },
"leave_employment":
{ Args: { "organization_id": number }; Returns: {
              "asset_code": string,
"asset_issuer": string,
"auth_user_id": string | null,
"created_at": string,
"deleted_at": string | null,
"department": string | null,
"email": string,
"first_name": string,
"id": number,
"last_name": string,
"memo": string | null,
"memo_type": string | null,
"organization_id": number,
"position": string | null,
"salary": number | null,
"search_vector": unknown,
"status": string,
"updated_at": string,
"version": number,
"wallet_address": string | null,
"wallet_address_set_at": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "employees"
        isOneToOne: false
        isSetofReturn: true
      } },
"mark_all_notifications_read":
{ Args: { "up_to_id"?: number }; Returns: number
                           },
"mark_notification_read":
{ Args: { "notification_id": number }; Returns: {
              "auth_user_id": string,
"created_at": string,
"employee_id": number | null,
"event_id": number,
"id": number,
"is_read": boolean,
"message": string,
"organization_id": number,
"read_at": string | null,
"resource_id": string,
"resource_type": string,
"title": string,
"type": string,
"user_id": number | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "notifications"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_employments":
{ Args: Record<PropertyKey, never>; Returns: {
              "asset_code": string,
"asset_issuer": string,
"auth_user_id": string | null,
"created_at": string,
"deleted_at": string | null,
"department": string | null,
"email": string,
"first_name": string,
"id": number,
"last_name": string,
"memo": string | null,
"memo_type": string | null,
"organization_id": number,
"position": string | null,
"salary": number | null,
"search_vector": unknown,
"status": string,
"updated_at": string,
"version": number,
"wallet_address": string | null,
"wallet_address_set_at": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "employees"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_organizations":
{ Args: Record<PropertyKey, never>; Returns: Database["public"]['CompositeTypes']["own_organization"][]
                          SetofOptions: {
        from: "*"
        to: "own_organization"
        isOneToOne: false
        isSetofReturn: true
      } },
"pause_payroll_run":
{ Args: { "payroll_run_id": number,"reason": string }; Returns: {
              "allows_overlap": boolean,
"allows_shared_wallets": boolean,
"approved_at": string | null,
"asset_code": string,
"asset_issuer": string,
"batch_id": string,
"content_hash": string | null,
"created_at": string,
"created_by": number | null,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_count": number,
"memo": string | null,
"organization_id": number,
"period_end": string,
"period_start": string,
"processed_at": string | null,
"reclaim_after_days": number | null,
"source_account": string | null,
"status": string,
"stop_reason": string | null,
"stop_requested": string | null,
"stop_requested_at": string | null,
"submitted_at": string | null,
"submitted_by": number | null,
"total_amount": number,
"total_base_amount": number,
"total_bonus_amount": number,
"updated_at": string,
"version": number,
"waiting_kind": string | null,
"waiting_reason": string | null,
"waiting_since": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_runs"
        isOneToOne: false
        isSetofReturn: true
      } },
"pause_payroll_schedule":
{ Args: { "payroll_schedule_id": number }; Returns: {
              "anchor_on": string | null,
"asset_code": string,
"asset_issuer": string,
"created_at": string,
"created_by": number | null,
"day_of_month": number | null,
"day_of_week": number | null,
"frequency": string,
"id": number,
"is_active": boolean,
"last_error": string | null,
"last_run_on": string | null,
"local_time": string,
"memo": string | null,
"missed_policy": string,
"name": string,
"next_run_at": string | null,
"next_run_on": string | null,
"organization_id": number,
"period_rule": string,
"retry_at": string | null,
"second_day_of_month": number | null,
"starts_on": string,
"time_zone": string,
"updated_at": string,
"version": number
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_schedules"
        isOneToOne: false
        isSetofReturn: true
      } },
"pause_webhook_subscription":
{ Args: { "id": string }; Returns: {
              "created_at": string,
"deleted_at": string | null,
"description": string | null,
"endpoint_id": number,
"events": (string)[],
"failing_since": string | null,
"filter": Json | null,
"header_names": (string)[],
"id": string,
"inactive_reason": string | null,
"is_active": boolean,
"is_ordered": boolean,
"log_days": number,
"max_per_second": number | null,
"organization_id": number,
"public_key": string | null,
"retry_seconds": (number)[] | null,
"signature": string,
"timeout_ms": number,
"updated_at": string,
"url": string,
"version": number
            }[]
                          SetofOptions: {
        from: "*"
        to: "webhook_subscriptions"
        isOneToOne: false
        isSetofReturn: true
      } },
"payd_version":
{ Args: Record<PropertyKey, never>; Returns: Database["public"]['CompositeTypes']["payd_release"]
                          SetofOptions: {
        from: "*"
        to: "payd_release"
        isOneToOne: true
        isSetofReturn: false
      } },
"payments_in_flight":
{ Args: { "known_ledger": number,"lease_token": string,"source_account": string }; Returns: Json
                           },
"payroll_run_approval_state":
{ Args: { "payroll_run_id": number }; Returns: {
              "code": string,"given": number,"has_approved": boolean,"hint": string,"may_approve": boolean,"reason": string,"required": number
            }[]
                           },
"payroll_run_changes":
{ Args: { "payroll_run_id": number }; Returns: Database["public"]['CompositeTypes']["payroll_run_change"][]
                          SetofOptions: {
        from: "*"
        to: "payroll_run_change"
        isOneToOne: false
        isSetofReturn: true
      } },
"persist_refund":
{ Args: { "claimable_balance_id": number,"envelope_xdr": string,"fee_bid_stroops": number,"lease_token": string,"max_ledger": number,"max_time": string,"sequence_number": string,"tx_hash": string }; Returns: {
              "amount": number,
"asset_code": string,
"asset_issuer": string,
"attempts": number,
"channel_account": string | null,
"closed_at": string | null,
"created_at": string,
"employee_id": number | null,
"envelope_xdr": string,
"fee_bid_stroops": number,
"fee_charged_stroops": number | null,
"held_reason": string | null,
"held_since": string | null,
"id": number,
"in_doubt_since": string | null,
"is_live": boolean,
"last_code": string | null,
"last_http_status": number | null,
"last_operation_index": number | null,
"ledger": number | null,
"max_ledger": number,
"max_time": string,
"memo": string | null,
"memo_type": string | null,
"next_check_at": string,
"operation_count": number,
"organization_id": number,
"payroll_run_id": number | null,
"proof": string | null,
"required_fee_stroops": number | null,
"result_xdr": string | null,
"search_vector": unknown,
"sequence_account": string,
"sequence_number": string,
"signed_envelope_xdr": string | null,
"source_account": string,
"status": string,
"submission_state": string,
"transaction_type": string,
"tx_hash": string,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "transactions"
        isOneToOne: false
        isSetofReturn: true
      } },
"persist_transaction":
{ Args: { "envelope_xdr": string,"fee_bid_stroops": number,"lease_token": string,"max_ledger": number,"max_time": string,"operations": Json,"payroll_run_id": number,"sequence_number": string,"tx_hash": string }; Returns: {
              "amount": number,
"asset_code": string,
"asset_issuer": string,
"attempts": number,
"channel_account": string | null,
"closed_at": string | null,
"created_at": string,
"employee_id": number | null,
"envelope_xdr": string,
"fee_bid_stroops": number,
"fee_charged_stroops": number | null,
"held_reason": string | null,
"held_since": string | null,
"id": number,
"in_doubt_since": string | null,
"is_live": boolean,
"last_code": string | null,
"last_http_status": number | null,
"last_operation_index": number | null,
"ledger": number | null,
"max_ledger": number,
"max_time": string,
"memo": string | null,
"memo_type": string | null,
"next_check_at": string,
"operation_count": number,
"organization_id": number,
"payroll_run_id": number | null,
"proof": string | null,
"required_fee_stroops": number | null,
"result_xdr": string | null,
"search_vector": unknown,
"sequence_account": string,
"sequence_number": string,
"signed_envelope_xdr": string | null,
"source_account": string,
"status": string,
"submission_state": string,
"transaction_type": string,
"tx_hash": string,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "transactions"
        isOneToOne: false
        isSetofReturn: true
      } },
"plan_fee_bump":
{ Args: { "lease_token": string,"transaction_id": number }; Returns: {
              "envelope_xdr": string,"fee_stroops": number,"outer_hash": string
            }[]
                           },
"plan_operations":
{ Args: { "lease_token": string,"max_operations"?: number,"payroll_run_id": number }; Returns: {
              "amount": string,"asset_code": string,"asset_issuer": string,"destination": string,"employee_id": number,"memo": string,"memo_type": string,"operation_index": number,"operation_type": string,"reclaim_after_days": number
            }[]
                           },
"preview_payroll_schedule":
{ Args: { "fields": Json,"occurrences"?: number }; Returns: Database["public"]['CompositeTypes']["schedule_occurrence"][]
                          SetofOptions: {
        from: "*"
        to: "schedule_occurrence"
        isOneToOne: false
        isSetofReturn: true
      } },
"propose_resolution":
{ Args: { "evidence": string,"resolution": string,"transaction_id": number }; Returns: {
              "amount": number,
"asset_code": string,
"asset_issuer": string,
"attempts": number,
"channel_account": string | null,
"closed_at": string | null,
"created_at": string,
"employee_id": number | null,
"envelope_xdr": string,
"fee_bid_stroops": number,
"fee_charged_stroops": number | null,
"held_reason": string | null,
"held_since": string | null,
"id": number,
"in_doubt_since": string | null,
"is_live": boolean,
"last_code": string | null,
"last_http_status": number | null,
"last_operation_index": number | null,
"ledger": number | null,
"max_ledger": number,
"max_time": string,
"memo": string | null,
"memo_type": string | null,
"next_check_at": string,
"operation_count": number,
"organization_id": number,
"payroll_run_id": number | null,
"proof": string | null,
"required_fee_stroops": number | null,
"result_xdr": string | null,
"search_vector": unknown,
"sequence_account": string,
"sequence_number": string,
"signed_envelope_xdr": string | null,
"source_account": string,
"status": string,
"submission_state": string,
"transaction_type": string,
"tx_hash": string,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "transactions"
        isOneToOne: false
        isSetofReturn: true
      } },
"pull_webhook_events":
{ Args: { "after"?: number,"max_events"?: number,"subscription_id": string }; Returns: Json
                           },
"reclaim_claimable_balance":
{ Args: { "claimable_balance_id": number }; Returns: {
              "amount": number,
"asset_code": string,
"asset_issuer": string,
"claimable_balance_id": string,
"claimant": string,
"claimed_at": string | null,
"created_at": string,
"employee_id": number | null,
"ended_at": string | null,
"ended_tx_hash": string | null,
"expires_at": string | null,
"id": number,
"organization_id": number,
"payroll_run_id": number | null,
"reclaim_failure_code": string | null,
"reclaim_failure_reason": string | null,
"reclaim_requested_at": string | null,
"reclaim_requested_by": number | null,
"reclaimable_at": string | null,
"sponsor": string,
"status": string,
"synced_ledger": number,
"transaction_operation_id": number | null,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "claimable_balances"
        isOneToOne: false
        isSetofReturn: true
      } },
"record_channel_problem":
{ Args: { "channel_account": string,"lease_token": string,"problem": string }; Returns: undefined
                           },
"record_contract_events":
{ Args: { "events": Json }; Returns: {
              "recorded": number,"repeated": number
            }[]
                           },
"record_contract_upgrade":
{ Args: { "error_message"?: string,"migration_steps"?: Json,"simulation_result"?: Json,"status": string,"tx_hash"?: string,"upgrade_id": number,"version"?: string }; Returns: {
              "completed_at": string | null,
"created_at": string,
"error_message": string | null,
"id": number,
"initiated_by": string,
"migration_steps": NonNullable<Json>,
"new_wasm_hash": string,
"notes": string | null,
"previous_wasm_hash": string,
"registry_id": number,
"simulation_result": Json | null,
"status": string,
"tx_hash": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "contract_upgrade_logs"
        isOneToOne: false
        isSetofReturn: true
      } },
"record_outcome":
{ Args: { "lease_token": string,"outcome": Json }; Returns: {
              "amount": number,
"asset_code": string,
"asset_issuer": string,
"attempts": number,
"channel_account": string | null,
"closed_at": string | null,
"created_at": string,
"employee_id": number | null,
"envelope_xdr": string,
"fee_bid_stroops": number,
"fee_charged_stroops": number | null,
"held_reason": string | null,
"held_since": string | null,
"id": number,
"in_doubt_since": string | null,
"is_live": boolean,
"last_code": string | null,
"last_http_status": number | null,
"last_operation_index": number | null,
"ledger": number | null,
"max_ledger": number,
"max_time": string,
"memo": string | null,
"memo_type": string | null,
"next_check_at": string,
"operation_count": number,
"organization_id": number,
"payroll_run_id": number | null,
"proof": string | null,
"required_fee_stroops": number | null,
"result_xdr": string | null,
"search_vector": unknown,
"sequence_account": string,
"sequence_number": string,
"signed_envelope_xdr": string | null,
"source_account": string,
"status": string,
"submission_state": string,
"transaction_type": string,
"tx_hash": string,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "transactions"
        isOneToOne: false
        isSetofReturn: true
      } },
"record_sequence_holder":
{ Args: { "envelope_xdr": string,"lease_token": string,"ledger": number,"source_account": string }; Returns: undefined
                           },
"record_signers":
{ Args: { "lease_token": string,"ledger": number,"signers": Json,"source_account": string,"threshold": number }; Returns: {
              "named_weight": number,"needed_weight": number,"signed_envelope_xdr": string,"submission_state": string,"transaction_id": number
            }[]
                           },
"record_submission":
{ Args: { "http_status": number,"lease_token": string,"operation_codes"?: (string)[],"required_fee_stroops"?: number,"retry_after_seconds"?: number,"transaction_code"?: string,"transaction_id": number }; Returns: {
              "action": string,"next_check_at": string
            }[]
                           },
"recover_webhooks":
{ Args: { "since"?: string,"subscription_id": string }; Returns: number
                           },
"refresh_payroll_run":
{ Args: { "expected_version"?: number,"payroll_run_id": number }; Returns: {
              "allows_overlap": boolean,
"allows_shared_wallets": boolean,
"approved_at": string | null,
"asset_code": string,
"asset_issuer": string,
"batch_id": string,
"content_hash": string | null,
"created_at": string,
"created_by": number | null,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_count": number,
"memo": string | null,
"organization_id": number,
"period_end": string,
"period_start": string,
"processed_at": string | null,
"reclaim_after_days": number | null,
"source_account": string | null,
"status": string,
"stop_reason": string | null,
"stop_requested": string | null,
"stop_requested_at": string | null,
"submitted_at": string | null,
"submitted_by": number | null,
"total_amount": number,
"total_base_amount": number,
"total_bonus_amount": number,
"updated_at": string,
"version": number,
"waiting_kind": string | null,
"waiting_reason": string | null,
"waiting_since": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_runs"
        isOneToOne: false
        isSetofReturn: true
      } },
"register_contract":
{ Args: { "contract_id": string,"description"?: string,"name": string,"network"?: string,"version"?: string,"wasm_hash": string }; Returns: {
              "contract_id": string,
"created_at": string,
"current_wasm_hash": string,
"description": string | null,
"id": number,
"last_upgraded_at": string | null,
"last_upgraded_by": string | null,
"name": string,
"network": string,
"updated_at": string,
"version": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "contract_registry"
        isOneToOne: false
        isSetofReturn: true
      } },
"reject_payroll_run":
{ Args: { "payroll_run_id": number,"reason": string }; Returns: {
              "allows_overlap": boolean,
"allows_shared_wallets": boolean,
"approved_at": string | null,
"asset_code": string,
"asset_issuer": string,
"batch_id": string,
"content_hash": string | null,
"created_at": string,
"created_by": number | null,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_count": number,
"memo": string | null,
"organization_id": number,
"period_end": string,
"period_start": string,
"processed_at": string | null,
"reclaim_after_days": number | null,
"source_account": string | null,
"status": string,
"stop_reason": string | null,
"stop_requested": string | null,
"stop_requested_at": string | null,
"submitted_at": string | null,
"submitted_by": number | null,
"total_amount": number,
"total_base_amount": number,
"total_bonus_amount": number,
"updated_at": string,
"version": number,
"waiting_kind": string | null,
"waiting_reason": string | null,
"waiting_since": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_runs"
        isOneToOne: false
        isSetofReturn: true
      } },
"release_disbursement":
{ Args: { "lease_token": string,"next_check_seconds"?: number,"source_account": string }; Returns: boolean
                           },
"release_webhook_deliveries":
{ Args: { "lease_ids": (number)[] }; Returns: number
                           },
"remove_channel_account":
{ Args: { "channel_account": string,"source_account": string }; Returns: Database["public"]['CompositeTypes']["channel_account"][]
                          SetofOptions: {
        from: "*"
        to: "channel_account"
        isOneToOne: false
        isSetofReturn: true
      } },
"remove_employee":
{ Args: { "employee_id": number }; Returns: {
              "asset_code": string,
"asset_issuer": string,
"auth_user_id": string | null,
"created_at": string,
"deleted_at": string | null,
"department": string | null,
"email": string,
"first_name": string,
"id": number,
"last_name": string,
"memo": string | null,
"memo_type": string | null,
"organization_id": number,
"position": string | null,
"salary": number | null,
"search_vector": unknown,
"status": string,
"updated_at": string,
"version": number,
"wallet_address": string | null,
"wallet_address_set_at": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "employees"
        isOneToOne: false
        isSetofReturn: true
      } },
"remove_employee_from_payroll_run":
{ Args: { "employee_id": number,"expected_version"?: number,"payroll_run_id": number,"reason"?: string }; Returns: {
              "allows_overlap": boolean,
"allows_shared_wallets": boolean,
"approved_at": string | null,
"asset_code": string,
"asset_issuer": string,
"batch_id": string,
"content_hash": string | null,
"created_at": string,
"created_by": number | null,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_count": number,
"memo": string | null,
"organization_id": number,
"period_end": string,
"period_start": string,
"processed_at": string | null,
"reclaim_after_days": number | null,
"source_account": string | null,
"status": string,
"stop_reason": string | null,
"stop_requested": string | null,
"stop_requested_at": string | null,
"submitted_at": string | null,
"submitted_by": number | null,
"total_amount": number,
"total_base_amount": number,
"total_bonus_amount": number,
"updated_at": string,
"version": number,
"waiting_kind": string | null,
"waiting_reason": string | null,
"waiting_since": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_runs"
        isOneToOne: false
        isSetofReturn: true
      } },
"remove_member":
{ Args: { "user_id": number }; Returns: {
              "auth_user_id": string | null,
"created_at": string,
"deleted_at": string | null,
"email": string,
"id": number,
"is_default": boolean,
"organization_id": number,
"role": string,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "users"
        isOneToOne: false
        isSetofReturn: true
      } },
"remove_payroll_item":
{ Args: { "expected_version"?: number,"payroll_item_id": number }; Returns: {
              "allows_overlap": boolean,
"allows_shared_wallets": boolean,
"approved_at": string | null,
"asset_code": string,
"asset_issuer": string,
"batch_id": string,
"content_hash": string | null,
"created_at": string,
"created_by": number | null,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_count": number,
"memo": string | null,
"organization_id": number,
"period_end": string,
"period_start": string,
"processed_at": string | null,
"reclaim_after_days": number | null,
"source_account": string | null,
"status": string,
"stop_reason": string | null,
"stop_requested": string | null,
"stop_requested_at": string | null,
"submitted_at": string | null,
"submitted_by": number | null,
"total_amount": number,
"total_base_amount": number,
"total_bonus_amount": number,
"updated_at": string,
"version": number,
"waiting_kind": string | null,
"waiting_reason": string | null,
"waiting_since": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_runs"
        isOneToOne: false
        isSetofReturn: true
      } },
"replay_missing_webhooks":
{ Args: { "since": string,"subscription_id": string }; Returns: number
                           },
"report_provider":
{ Args: { "closed_at"?: string,"ledger"?: number,"network_passphrase"?: string,"provider": string }; Returns: string
                           },
"report_sent_away":
{ Args: { "provider": string,"retry_after_seconds": number }; Returns: undefined
                           },
"reproduce_webhook":
{ Args: { "attempt_id": number,"event_id": number }; Returns: Json
                           },
"request_payroll_preflight":
{ Args: { "payroll_run_id": number,"source_account"?: string }; Returns: {
              "claimable_count": number | null,
"content_hash": string | null,
"failing_amount": number | null,
"failing_count": number | null,
"fee_budget": number | null,
"finished_at": string | null,
"from_ledger": number | null,
"id": number,
"known_at": string | null,
"needed": number | null,
"new_account_count": number | null,
"organization_id": number,
"payee_count": number | null,
"payroll_run_id": number,
"requested_at": string,
"requested_by": number | null,
"reserve": number | null,
"run_version": number,
"short": number | null,
"source_account": string | null,
"spendable": number | null,
"to_ledger": number | null,
"total_amount": number | null,
"transaction_count": number | null,
"unknown_count": number | null,
"verdict": string | null,
"xlm_needed": number | null,
"xlm_short": number | null,
"xlm_spendable": number | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_preflights"
        isOneToOne: false
        isSetofReturn: true
      } },
"request_sync":
{ Args: Record<PropertyKey, never>; Returns: {
              "completed_at": string | null,
"id": number,
"organization_id": number,
"requested_at": string,
"requested_by": number | null,
"state": string,
"wallets_read": number | null,
"wallets_unreadable": number | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "sync_requests"
        isOneToOne: false
        isSetofReturn: true
      } },
"resend_webhook":
{ Args: { "event_id": number,"idempotency_key"?: string,"subscription_id": string }; Returns: {
              "body": string,
"dedupe_key": string,
"event_id": string,
"id": number,
"occurred_at": string,
"organization_id": number,
"resource_id": string,
"resource_type": string,
"sequence": number,
"type": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "events"
        isOneToOne: false
        isSetofReturn: true
      } },
"reset_preference":
{ Args: { "key"?: string }; Returns: Json
                           },
"resolve_ledger_contradiction":
{ Args: { "contradiction_id": number,"reason": string,"verdict": string }; Returns: {
              "agreed_balance": string | null,
"asset_code": string | null,
"asset_issuer": string | null,
"believed_balance": string | null,
"believed_ledger": number,
"believed_sequence": string | null,
"corrected_transactions": number,
"found_at": string,
"id": number,
"kind": string,
"last_seen_at": string,
"last_seen_ledger": number,
"last_seen_sequence": string | null,
"organization_id": number,
"proposed_at": string | null,
"proposed_by": number | null,
"proposed_reason": string | null,
"proposed_verdict": string | null,
"provider": string,
"resolved_at": string | null,
"resolved_by": number | null,
"resolved_reason": string | null,
"seen_balance": string | null,
"seen_ledger": number,
"seen_sequence": string | null,
"source_account": string,
"state": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "ledger_contradictions"
        isOneToOne: false
        isSetofReturn: true
      } },
"restore_payroll_run":
{ Args: { "payroll_run_id": number }; Returns: {
              "allows_overlap": boolean,
"allows_shared_wallets": boolean,
"approved_at": string | null,
"asset_code": string,
"asset_issuer": string,
"batch_id": string,
"content_hash": string | null,
"created_at": string,
"created_by": number | null,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_count": number,
"memo": string | null,
"organization_id": number,
"period_end": string,
"period_start": string,
"processed_at": string | null,
"reclaim_after_days": number | null,
"source_account": string | null,
"status": string,
"stop_reason": string | null,
"stop_requested": string | null,
"stop_requested_at": string | null,
"submitted_at": string | null,
"submitted_by": number | null,
"total_amount": number,
"total_base_amount": number,
"total_bonus_amount": number,
"updated_at": string,
"version": number,
"waiting_kind": string | null,
"waiting_reason": string | null,
"waiting_since": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_runs"
        isOneToOne: false
        isSetofReturn: true
      } },
"resume_payroll_run":
{ Args: { "payroll_run_id": number }; Returns: {
              "allows_overlap": boolean,
"allows_shared_wallets": boolean,
"approved_at": string | null,
"asset_code": string,
"asset_issuer": string,
"batch_id": string,
"content_hash": string | null,
"created_at": string,
"created_by": number | null,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_count": number,
"memo": string | null,
"organization_id": number,
"period_end": string,
"period_start": string,
"processed_at": string | null,
"reclaim_after_days": number | null,
"source_account": string | null,
"status": string,
"stop_reason": string | null,
"stop_requested": string | null,
"stop_requested_at": string | null,
"submitted_at": string | null,
"submitted_by": number | null,
"total_amount": number,
"total_base_amount": number,
"total_bonus_amount": number,
"updated_at": string,
"version": number,
"waiting_kind": string | null,
"waiting_reason": string | null,
"waiting_since": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_runs"
        isOneToOne: false
        isSetofReturn: true
      } },
"resume_payroll_schedule":
{ Args: { "payroll_schedule_id": number }; Returns: {
              "anchor_on": string | null,
"asset_code": string,
"asset_issuer": string,
"created_at": string,
"created_by": number | null,
"day_of_month": number | null,
"day_of_week": number | null,
"frequency": string,
"id": number,
"is_active": boolean,
"last_error": string | null,
"last_run_on": string | null,
"local_time": string,
"memo": string | null,
"missed_policy": string,
"name": string,
"next_run_at": string | null,
"next_run_on": string | null,
"organization_id": number,
"period_rule": string,
"retry_at": string | null,
"second_day_of_month": number | null,
"starts_on": string,
"time_zone": string,
"updated_at": string,
"version": number
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_schedules"
        isOneToOne: false
        isSetofReturn: true
      } },
"retry_payroll_run":
{ Args: { "payroll_run_id": number,"source_account"?: string }; Returns: {
              "allows_overlap": boolean,
"allows_shared_wallets": boolean,
"approved_at": string | null,
"asset_code": string,
"asset_issuer": string,
"batch_id": string,
"content_hash": string | null,
"created_at": string,
"created_by": number | null,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_count": number,
"memo": string | null,
"organization_id": number,
"period_end": string,
"period_start": string,
"processed_at": string | null,
"reclaim_after_days": number | null,
"source_account": string | null,
"status": string,
"stop_reason": string | null,
"stop_requested": string | null,
"stop_requested_at": string | null,
"submitted_at": string | null,
"submitted_by": number | null,
"total_amount": number,
"total_base_amount": number,
"total_bonus_amount": number,
"updated_at": string,
"version": number,
"waiting_kind": string | null,
"waiting_reason": string | null,
"waiting_since": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_runs"
        isOneToOne: false
        isSetofReturn: true
      } },
"revoke_employee_invitation":
{ Args: { "employee_id": number }; Returns: {
              "asset_code": string,
"asset_issuer": string,
"auth_user_id": string | null,
"created_at": string,
"deleted_at": string | null,
"department": string | null,
"email": string,
"first_name": string,
"id": number,
"last_name": string,
"memo": string | null,
"memo_type": string | null,
"organization_id": number,
"position": string | null,
"salary": number | null,
"search_vector": unknown,
"status": string,
"updated_at": string,
"version": number,
"wallet_address": string | null,
"wallet_address_set_at": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "employees"
        isOneToOne: false
        isSetofReturn: true
      } },
"revoke_invitation":
{ Args: { "invitation_id": number }; Returns: Database["public"]['CompositeTypes']["revoked_invitation"][]
                          SetofOptions: {
        from: "*"
        to: "revoked_invitation"
        isOneToOne: false
        isSetofReturn: true
      } },
"rotate_webhook_secret":
{ Args: { "id": string,"idempotency_key"?: string,"overlap_seconds"?: number }; Returns: Database["public"]['CompositeTypes']["webhook_subscription_with_secret"][]
                          SetofOptions: {
        from: "*"
        to: "webhook_subscription_with_secret"
        isOneToOne: false
        isSetofReturn: true
      } },
"run_due_schedules":
{ Args: { "batch_size"?: number,"p_now"?: string }; Returns: {
              "created": number,"failed": number,"skipped": number
            }[]
                           },
"search_employees":
{ Args: { "max_rows"?: number,"words": string }; Returns: {
              "asset_code": string,
"asset_issuer": string,
"auth_user_id": string | null,
"created_at": string,
"deleted_at": string | null,
"department": string | null,
"email": string,
"first_name": string,
"id": number,
"last_name": string,
"memo": string | null,
"memo_type": string | null,
"organization_id": number,
"position": string | null,
"salary": number | null,
"search_vector": unknown,
"status": string,
"updated_at": string,
"version": number,
"wallet_address": string | null,
"wallet_address_set_at": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "employees"
        isOneToOne: false
        isSetofReturn: true
      } },
"search_transactions":
{ Args: { "max_rows"?: number,"words": string }; Returns: {
              "amount": number,
"asset_code": string,
"asset_issuer": string,
"attempts": number,
"channel_account": string | null,
"closed_at": string | null,
"created_at": string,
"employee_id": number | null,
"envelope_xdr": string,
"fee_bid_stroops": number,
"fee_charged_stroops": number | null,
"held_reason": string | null,
"held_since": string | null,
"id": number,
"in_doubt_since": string | null,
"is_live": boolean,
"last_code": string | null,
"last_http_status": number | null,
"last_operation_index": number | null,
"ledger": number | null,
"max_ledger": number,
"max_time": string,
"memo": string | null,
"memo_type": string | null,
"next_check_at": string,
"operation_count": number,
"organization_id": number,
"payroll_run_id": number | null,
"proof": string | null,
"required_fee_stroops": number | null,
"result_xdr": string | null,
"search_vector": unknown,
"sequence_account": string,
"sequence_number": string,
"signed_envelope_xdr": string | null,
"source_account": string,
"status": string,
"submission_state": string,
"transaction_type": string,
"tx_hash": string,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "transactions"
        isOneToOne: false
        isSetofReturn: true
      } },
"send_test_webhook":
{ Args: { "idempotency_key"?: string,"subscription_id": string }; Returns: {
              "body": string,
"dedupe_key": string,
"event_id": string,
"id": number,
"occurred_at": string,
"organization_id": number,
"resource_id": string,
"resource_type": string,
"sequence": number,
"type": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "events"
        isOneToOne: false
        isSetofReturn: true
      } },
"set_approval_threshold":
{ Args: { "asset_code": string,"asset_issuer": string,"expected_version"?: number,"from_amount": string,"idempotency_key"?: string,"required_approvals": number }; Returns: {
              "asset_code": string,
"asset_issuer": string,
"created_at": string,
"from_amount": number,
"id": number,
"organization_id": number,
"required_approvals": number,
"updated_at": string,
"version": number
            }[]
                          SetofOptions: {
        from: "*"
        to: "approval_thresholds"
        isOneToOne: false
        isSetofReturn: true
      } },
"set_balance_threshold":
{ Args: { "expected_version"?: number,"idempotency_key"?: string,"minimum": string,"wallet_id": string }; Returns: {
              "asset_code": string,
"asset_issuer": string,
"created_at": string,
"id": number,
"is_low": boolean,
"low_since_ledger": number | null,
"minimum": number,
"organization_id": number,
"updated_at": string,
"version": number,
"wallet_address": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "balance_thresholds"
        isOneToOne: false
        isSetofReturn: true
      } },
"set_preference":
{ Args: { "key": string,"value": Json }; Returns: Json
                           },
"set_treasury_custody":
{ Args: { "custody": string,"signers"?: (string)[],"signing_seconds"?: number,"source_account": string }; Returns: Database["public"]['CompositeTypes']["treasury"][]
                          SetofOptions: {
        from: "*"
        to: "treasury"
        isOneToOne: false
        isSetofReturn: true
      } },
"signing_requests":
{ Args: { "payroll_run_id"?: number }; Returns: Database["public"]['CompositeTypes']["signing_request"][]
                          SetofOptions: {
        from: "*"
        to: "signing_request"
        isOneToOne: false
        isSetofReturn: true
      } },
"start_contract_upgrade":
{ Args: { "contract_id": string,"initiated_by": string,"migration_steps"?: Json,"new_wasm_hash": string,"notes"?: string }; Returns: {
              "completed_at": string | null,
"created_at": string,
"error_message": string | null,
"id": number,
"initiated_by": string,
"migration_steps": NonNullable<Json>,
"new_wasm_hash": string,
"notes": string | null,
"previous_wasm_hash": string,
"registry_id": number,
"simulation_result": Json | null,
"status": string,
"tx_hash": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "contract_upgrade_logs"
        isOneToOne: false
        isSetofReturn: true
      } },
"stop_disbursement":
{ Args: { "code": string,"detail"?: string,"lease_token": string,"payroll_run_id": number }; Returns: {
              "allows_overlap": boolean,
"allows_shared_wallets": boolean,
"approved_at": string | null,
"asset_code": string,
"asset_issuer": string,
"batch_id": string,
"content_hash": string | null,
"created_at": string,
"created_by": number | null,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_count": number,
"memo": string | null,
"organization_id": number,
"period_end": string,
"period_start": string,
"processed_at": string | null,
"reclaim_after_days": number | null,
"source_account": string | null,
"status": string,
"stop_reason": string | null,
"stop_requested": string | null,
"stop_requested_at": string | null,
"submitted_at": string | null,
"submitted_by": number | null,
"total_amount": number,
"total_base_amount": number,
"total_bonus_amount": number,
"updated_at": string,
"version": number,
"waiting_kind": string | null,
"waiting_reason": string | null,
"waiting_since": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_runs"
        isOneToOne: false
        isSetofReturn: true
      } },
"stop_refund":
{ Args: { "claimable_balance_id": number,"code": string,"detail"?: string,"lease_token": string }; Returns: {
              "amount": number,
"asset_code": string,
"asset_issuer": string,
"claimable_balance_id": string,
"claimant": string,
"claimed_at": string | null,
"created_at": string,
"employee_id": number | null,
"ended_at": string | null,
"ended_tx_hash": string | null,
"expires_at": string | null,
"id": number,
"organization_id": number,
"payroll_run_id": number | null,
"reclaim_failure_code": string | null,
"reclaim_failure_reason": string | null,
"reclaim_requested_at": string | null,
"reclaim_requested_by": number | null,
"reclaimable_at": string | null,
"sponsor": string,
"status": string,
"synced_ledger": number,
"transaction_operation_id": number | null,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "claimable_balances"
        isOneToOne: false
        isSetofReturn: true
      } },
"submit_payroll_run":
{ Args: { "allow_overlap"?: boolean,"allow_shared_wallets"?: boolean,"expected_version": number,"payroll_run_id": number }; Returns: {
              "allows_overlap": boolean,
"allows_shared_wallets": boolean,
"approved_at": string | null,
"asset_code": string,
"asset_issuer": string,
"batch_id": string,
"content_hash": string | null,
"created_at": string,
"created_by": number | null,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_count": number,
"memo": string | null,
"organization_id": number,
"period_end": string,
"period_start": string,
"processed_at": string | null,
"reclaim_after_days": number | null,
"source_account": string | null,
"status": string,
"stop_reason": string | null,
"stop_requested": string | null,
"stop_requested_at": string | null,
"submitted_at": string | null,
"submitted_by": number | null,
"total_amount": number,
"total_base_amount": number,
"total_bonus_amount": number,
"updated_at": string,
"version": number,
"waiting_kind": string | null,
"waiting_reason": string | null,
"waiting_since": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_runs"
        isOneToOne: false
        isSetofReturn: true
      } },
"submit_signature":
{ Args: { "signed_envelope_xdr": string,"transaction_id": number }; Returns: Database["public"]['CompositeTypes']["signing_request"][]
                          SetofOptions: {
        from: "*"
        to: "signing_request"
        isOneToOne: false
        isSetofReturn: true
      } },
"take_provider_requests":
{ Args: { "is_urgent": boolean,"provider": string,"requests": number }; Returns: {
              "granted": number,"wait_ms": number
            }[]
                           },
"treasuries":
{ Args: Record<PropertyKey, never>; Returns: Database["public"]['CompositeTypes']["treasury"][]
                          SetofOptions: {
        from: "*"
        to: "treasury"
        isOneToOne: false
        isSetofReturn: true
      } },
"unlink_employee_account":
{ Args: { "employee_id": number }; Returns: {
              "asset_code": string,
"asset_issuer": string,
"auth_user_id": string | null,
"created_at": string,
"deleted_at": string | null,
"department": string | null,
"email": string,
"first_name": string,
"id": number,
"last_name": string,
"memo": string | null,
"memo_type": string | null,
"organization_id": number,
"position": string | null,
"salary": number | null,
"search_vector": unknown,
"status": string,
"updated_at": string,
"version": number,
"wallet_address": string | null,
"wallet_address_set_at": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "employees"
        isOneToOne: false
        isSetofReturn: true
      } },
"update_employee":
{ Args: { "employee_id": number,"expected_version": number,"fields": Json }; Returns: {
              "asset_code": string,
"asset_issuer": string,
"auth_user_id": string | null,
"created_at": string,
"deleted_at": string | null,
"department": string | null,
"email": string,
"first_name": string,
"id": number,
"last_name": string,
"memo": string | null,
"memo_type": string | null,
"organization_id": number,
"position": string | null,
"salary": number | null,
"search_vector": unknown,
"status": string,
"updated_at": string,
"version": number,
"wallet_address": string | null,
"wallet_address_set_at": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "employees"
        isOneToOne: false
        isSetofReturn: true
      } },
"update_organization":
{ Args: { "allows_claimable_balances"?: boolean,"expected_version": number,"name"?: string,"reclaim_after_days"?: number,"required_approvals"?: number,"salary_period"?: string,"time_zone"?: string,"wallet_change_hours"?: number,"wallet_change_policy"?: string }; Returns: {
              "allows_claimable_balances": boolean,
"created_at": string,
"deleted_at": string | null,
"id": number,
"name": string,
"reclaim_after_days": number,
"required_approvals": number,
"salary_period": string,
"time_zone": string,
"updated_at": string,
"version": number,
"wallet_change_hours": number,
"wallet_change_policy": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "organizations"
        isOneToOne: false
        isSetofReturn: true
      } },
"update_payroll_run":
{ Args: { "expected_version": number,"fields": Json,"payroll_run_id": number }; Returns: {
              "allows_overlap": boolean,
"allows_shared_wallets": boolean,
"approved_at": string | null,
"asset_code": string,
"asset_issuer": string,
"batch_id": string,
"content_hash": string | null,
"created_at": string,
"created_by": number | null,
"failure_code": string | null,
"failure_reason": string | null,
"id": number,
"item_count": number,
"memo": string | null,
"organization_id": number,
"period_end": string,
"period_start": string,
"processed_at": string | null,
"reclaim_after_days": number | null,
"source_account": string | null,
"status": string,
"stop_reason": string | null,
"stop_requested": string | null,
"stop_requested_at": string | null,
"submitted_at": string | null,
"submitted_by": number | null,
"total_amount": number,
"total_base_amount": number,
"total_bonus_amount": number,
"updated_at": string,
"version": number,
"waiting_kind": string | null,
"waiting_reason": string | null,
"waiting_since": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_runs"
        isOneToOne: false
        isSetofReturn: true
      } },
"update_payroll_schedule":
{ Args: { "expected_version": number,"fields": Json,"payroll_schedule_id": number }; Returns: {
              "anchor_on": string | null,
"asset_code": string,
"asset_issuer": string,
"created_at": string,
"created_by": number | null,
"day_of_month": number | null,
"day_of_week": number | null,
"frequency": string,
"id": number,
"is_active": boolean,
"last_error": string | null,
"last_run_on": string | null,
"local_time": string,
"memo": string | null,
"missed_policy": string,
"name": string,
"next_run_at": string | null,
"next_run_on": string | null,
"organization_id": number,
"period_rule": string,
"retry_at": string | null,
"second_day_of_month": number | null,
"starts_on": string,
"time_zone": string,
"updated_at": string,
"version": number
            }[]
                          SetofOptions: {
        from: "*"
        to: "payroll_schedules"
        isOneToOne: false
        isSetofReturn: true
      } },
"update_webhook_subscription":
{ Args: { "changes": Json,"id": string,"version": number }; Returns: {
              "created_at": string,
"deleted_at": string | null,
"description": string | null,
"endpoint_id": number,
"events": (string)[],
"failing_since": string | null,
"filter": Json | null,
"header_names": (string)[],
"id": string,
"inactive_reason": string | null,
"is_active": boolean,
"is_ordered": boolean,
"log_days": number,
"max_per_second": number | null,
"organization_id": number,
"public_key": string | null,
"retry_seconds": (number)[] | null,
"signature": string,
"timeout_ms": number,
"updated_at": string,
"url": string,
"version": number
            }[]
                          SetofOptions: {
        from: "*"
        to: "webhook_subscriptions"
        isOneToOne: false
        isSetofReturn: true
      } },
"verify_webhook_log":
{ Args: { "known_hash"?: string,"subscription_id": string }; Returns: Json
                           },
"wait_for_funds":
{ Args: { "lease_token": string,"payroll_run_id": number,"transaction_ids": (number)[] }; Returns: undefined
                           }
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            "channel_account": {
                        "channel_account": string | null,"source_account": string | null,"organization_id": number | null,"problem": string | null,"problem_since": string | null,"balance": string | null,"balance_read_at": string | null,"added_at": string | null,"confirmed_at": string | null
                      },"channel_wish": {
                        "source_account": string | null,"channel_account": string | null,"network_passphrase": string | null
                      },"claimed_disbursement": {
                        "payroll_run_id": number | null,"organization_id": number | null,"source_account": string | null,"channel_account": string | null,"lease_token": string | null,"asset_code": string | null,"asset_issuer": string | null,"memo": string | null,"network_passphrase": string | null,"horizon_url": string | null,"rpc_url": string | null,"second_horizon_url": string | null,"max_fee_stroops": number | null,"used_sequence_number": string | null,"used_in_ledger": number | null,"open_sequence_number": string | null,"signing_seconds": number | null,"signers": (string)[] | null,"transaction": Json | null,"refund": Json | null
                      },"claimed_preflight": {
                        "payroll_preflight_id": number | null,"source_account": string | null,"lease_token": string | null,"network_passphrase": string | null,"horizon_url": string | null,"rpc_url": string | null,"accounts": Json | null,"channels": (string)[] | null
                      },"employee_invitation": {
                        "id": number | null,"employee_id": number | null,"email": string | null,"token": string | null,"expires_at": string | null
                      },"finding": {
                        "organization_id": number | null,"severity": string | null,"kind": string | null,"resource_type": string | null,"resource_id": string | null,"since": string | null,"problem": string | null,"safe_action": string | null,"waits_for": string | null,"until": string | null,"command": string | null
                      },"member_invitation": {
                        "id": number | null,"email": string | null,"role": string | null,"token": string | null,"expires_at": string | null
                      },"own_organization": {
                        "organization_id": number | null,"name": string | null,"role": string | null,"is_default": boolean | null,"is_employee": boolean | null
                      },"payd_release": {
                        "release": string | null,"oldest_sdk": string | null,"newest_breaking": string | null
                      },"payroll_run_change": {
                        "kind": string | null,"employee_id": number | null,"first_name": string | null,"last_name": string | null,"old_amount": string | null,"new_amount": string | null,"old_address": string | null,"new_address": string | null,"is_first_payment_to_address": boolean | null,"changed_by": number | null,"changed_by_email": string | null,"changed_at": string | null,"reason": string | null,"other_employee_ids": (number)[] | null
                      },"revoked_invitation": {
                        "id": number | null,"email": string | null,"revoked_at": string | null
                      },"schedule_occurrence": {
                        "occurrence_on": string | null,"runs_at": string | null,"period_start": string | null,"period_end": string | null
                      },"signing_request": {
                        "transaction_id": number | null,"organization_id": number | null,"payroll_run_id": number | null,"batch_id": string | null,"source_account": string | null,"tx_hash": string | null,"network_passphrase": string | null,"envelope_xdr": string | null,"submission_state": string | null,"sequence_number": string | null,"fee_bid_stroops": string | null,"max_ledger": number | null,"max_time": string | null,"sign_before": string | null,"memo_type": string | null,"memo": string | null,"amount": unknown,"asset_code": string | null,"asset_issuer": string | null,"threshold": number | null,"weight": number | null,"signers": Json | null,"operations": Json | null,"created_at": string | null
                      },"treasury": {
                        "source_account": string | null,"organization_id": number | null,"custody": string | null,"signing_seconds": number | null,"threshold": number | null,"weight": number | null,"signers": Json | null,"read_ledger": number | null,"read_at": string | null
                      },"webhook_subscription_with_secret": {
                        "id": string | null,"url": string | null,"events": (string)[] | null,"secret": string | null,"is_active": boolean | null,"created_at": string | null
                      }
          }
        }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
  ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R
    }
    ? R
    : never
  : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I
    }
    ? I
    : never
  : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U
    }
    ? U
    : never
  : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
  ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
  ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never

export const Constants = {
  "public": {
          Enums: {
            
          }
        }
} as const
