import { Navigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { rememberInvitation } from './invitation.ts'

/**
 * Where a link of an invitation leads. The code stands behind the "#", which browsers never send, and is taken out of the address at once.
 */
export function JoinPage() {
  useEffect(() => {
    rememberInvitation(location.hash.slice(1))
    history.replaceState(history.state, '', location.pathname)
  }, [])
  return <Navigate replace to="/welcome" />
}
