//! A delegate: a key that may spend a customer's free credits on services, within limits.
//!
//! It can open what pays for a service and nothing else: no delegate withdraws, and what is left
//! over goes back to the customer's account, not to the delegate's limits.

use {
    crate::{
        address::is_derived,
        constants::{DELEGATE_SERVICES_MAX, VERSION},
        error::CreditsError,
        ID,
    },
    anchor_lang::{address_eq, prelude::*},
    core::mem::{offset_of, size_of},
    trestle_core::{seeds::SEED_DELEGATE, units::Credits},
    trestle_staking::versioned::Layout,
};

/// PDA `["delegate", account, key]`.
#[account]
pub struct Delegate {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Services that it is limited to; 0 if it may spend on all.
    pub service_count: u8,
    /// Zero.
    pub _pad: [u8; 5],
    /// The customer's account that it spends from.
    pub account: Address,
    /// Who spends.
    pub key: Address,
    /// Most credits an epoch.
    pub epoch_limit: u64,
    /// Most credits in all.
    pub total_limit: u64,
    /// The epoch of `epoch_spent`.
    pub epoch: u64,
    /// Credits spent in that epoch.
    pub epoch_spent: u64,
    /// Credits ever spent.
    pub total_spent: u64,
    /// Last epoch in which it may spend.
    pub last_epoch: u64,
    /// The first `service_count` are the ones that it is limited to.
    pub services: [Address; DELEGATE_SERVICES_MAX],
}

const _: () = assert!(size_of::<Delegate>() == 248);
const _: () = assert!(offset_of!(Delegate, account) == 8);
const _: () = assert!(offset_of!(Delegate, epoch_limit) == 72);
const _: () = assert!(offset_of!(Delegate, services) == 120);

impl Layout for Delegate {
    const VERSION: u8 = VERSION;
}

/// What the customer allows.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct DelegateParams {
    /// Most credits an epoch.
    pub epoch_limit: u64,
    /// Most credits in all, those that it has spent already included.
    pub total_limit: u64,
    /// Last epoch in which it may spend.
    pub last_epoch: u64,
    /// Services that it is limited to, at most four; empty for all.
    pub services: Vec<Address>,
}

impl Delegate {
    /// Writes the limits. What was spent before counts on.
    pub fn set(
        &mut self,
        bump: u8,
        account: Address,
        key: Address,
        params: &DelegateParams,
    ) -> Result<()> {
        require!(
            params.services.len() <= DELEGATE_SERVICES_MAX,
            CreditsError::TooManyServices
        );
        self.version = VERSION;
        self.bump = bump;
        self.account = account;
        self.key = key;
        self.epoch_limit = params.epoch_limit;
        self.total_limit = params.total_limit;
        self.last_epoch = params.last_epoch;
        self.service_count =
            u8::try_from(params.services.len()).map_err(|_| CreditsError::TooManyServices)?;
        self.services = Default::default();
        for (place, service) in self.services.iter_mut().zip(&params.services) {
            *place = *service;
        }
        Ok(())
    }

    /// Whether `address` is the one that the account and the key give.
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_DELEGATE, self.account.as_ref(), self.key.as_ref()];
        is_derived(address, seeds, self.bump, &ID)
    }

    /// Refuses a service that the delegate may not spend on.
    pub fn require_service(&self, service: &Address) -> Result<()> {
        let count = usize::from(self.service_count);
        let allowed = count == 0
            || self
                .services
                .iter()
                .take(count)
                .any(|one| address_eq(one, service));
        require!(allowed, CreditsError::DelegateService);
        Ok(())
    }

    /// Counts credits that it spends in this epoch.
    pub fn spend(&mut self, credits: Credits, epoch: u64) -> Result<()> {
        require!(epoch <= self.last_epoch, CreditsError::DelegateExpired);
        if epoch != self.epoch {
            self.epoch = epoch;
            self.epoch_spent = 0;
        }
        let add = |sum: u64| sum.checked_add(credits.0).ok_or(CreditsError::MathOverflow);
        let (in_epoch, in_all) = (add(self.epoch_spent)?, add(self.total_spent)?);
        require!(
            in_epoch <= self.epoch_limit,
            CreditsError::DelegateEpochLimit
        );
        require!(in_all <= self.total_limit, CreditsError::DelegateTotalLimit);
        self.epoch_spent = in_epoch;
        self.total_spent = in_all;
        Ok(())
    }

    /// What holds after every instruction that changes a delegate. (What it has spent may be more
    /// than its limits: the customer can lower them.)
    ///
    /// - It has this layout, an account and a key.
    /// - It lists no more services than there is room for.
    /// - No more was spent in the epoch than ever.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && self.account != Address::default()
            && self.key != Address::default()
            && usize::from(self.service_count) <= DELEGATE_SERVICES_MAX
            && self.epoch_spent <= self.total_spent;
        require!(holds, CreditsError::InvariantViolated);
        Ok(())
    }
}
