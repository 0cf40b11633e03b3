//! Events of issuers, clearances and policies.

use {crate::state::PolicyRules, anchor_lang::prelude::*};

/// An issuer was admitted.
#[event(bytemuck)]
pub struct IssuerAdmitted {
    pub network: Address,
    pub issuer: Address,
    pub authority: Address,
    /// Zero for an issuer that signs clearances.
    pub schema: Address,
    pub kinds: u32,
    pub jurisdiction_at: u16,
    pub tier_at: u16,
    pub source: u8,
    pub name_len: u8,
    pub name: [u8; 31],
    /// Zero.
    pub _pad: [u8; 7],
}

/// An issuer lost the network's trust: what it vouched for counts no longer.
#[event(bytemuck)]
pub struct IssuerRevoked {
    pub network: Address,
    pub issuer: Address,
    pub authority: Address,
}

/// A clearance was granted, renewed, narrowed or widened.
#[event(bytemuck)]
pub struct ClearanceGranted {
    pub issuer: Address,
    pub subject: Address,
    pub clearance: Address,
    /// Unix seconds.
    pub issued_at: i64,
    /// Unix seconds.
    pub expires_at: i64,
    pub kinds: u32,
    pub jurisdiction: u16,
    pub audit_tier: u8,
    /// Zero.
    pub _pad: u8,
}

/// A clearance was taken back.
#[event(bytemuck)]
pub struct ClearanceRevoked {
    pub issuer: Address,
    pub subject: Address,
    pub clearance: Address,
}

/// The account of a clearance that counts no longer was closed.
#[event(bytemuck)]
pub struct ClearanceClosed {
    pub issuer: Address,
    pub subject: Address,
    pub clearance: Address,
}

/// A service got a policy.
#[event(bytemuck)]
pub struct PolicyCreated {
    pub service: Address,
    pub policy: Address,
    pub rules: PolicyRules,
    /// Zero.
    pub _pad: [u8; 4],
    /// Epoch from which the rules can be applied; zero if they hold already.
    pub due_epoch: u64,
}

/// A change of a policy was proposed, or holds at once because it refuses nobody new.
#[event(bytemuck)]
pub struct PolicyChangeProposed {
    pub service: Address,
    pub policy: Address,
    pub rules: PolicyRules,
    pub changes: u32,
    /// Epoch from which the rules can be applied; zero if they hold already.
    pub due_epoch: u64,
}

/// A proposed change of a policy holds now.
#[event(bytemuck)]
pub struct PolicyChangeApplied {
    pub service: Address,
    pub policy: Address,
    pub rules: PolicyRules,
    pub changes: u32,
}

/// A proposed change of a policy was withdrawn.
#[event(bytemuck)]
pub struct PolicyChangeCancelled {
    pub service: Address,
    pub policy: Address,
    pub due_epoch: u64,
}
