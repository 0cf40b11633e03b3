//! Renew a lease.
//!
//! Extends a running lease and adds the price of the new epochs. The operator agrees by its node's
//! signature, or has agreed when the lease was opened: to so many epochs at that rate.
//!
//! Specification:
//! - Only the customer renews, and pays the new epochs from the free balance.
//! - The operator's node signs, or the option of the lease covers epochs and rate.
//! - The option is used up by the epochs that it added.
//! - Another rate applies from the first new epoch on, and no third one before that.
//! - A lease that is ending, over or without its commitment is not renewed.
//! - The term ahead stays within its bounds.
//! - A service with a policy admits the wallet that registered the operator, and the customer, only
//!   with the clearances that it asks for. The lease goes on without them.
//! - A paused network renews no lease.

use {
    crate::{
        admission::require_admitted, clock::network_epoch, commitment::Commitment,
        error::CreditsError, event::LeaseRenewed, groups, state::State,
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::pause::AREA_CREDITS,
    trestle_staking::{
        groups as staking_groups,
        state::{Operator, Service},
    },
};

#[derive(Accounts)]
pub struct LeaseRenew {
    /// The customer: pays for the new epochs.
    #[account(address = renewed.lease.customer @ CreditsError::NotCustomer)]
    pub customer: Signer,
    /// The operator's node: agrees by signing, unless the lease grants the customer this renewal.
    #[account(address = operator.node_key @ CreditsError::NotNodeKey)]
    pub node_key: UncheckedAccount,
    /// The lease, its customer's account and the market.
    pub renewed: Nested<groups::LeaseRefund>,
    /// The operator that serves.
    #[account(address = renewed.lease.operator @ CreditsError::WrongOperator)]
    pub operator: State<Operator>,
    /// What is served.
    #[account(
        address = renewed.lease.commitment @ CreditsError::WrongCommitment,
        constraint = address_eq(&commitment.customer, customer.address())
            @ CreditsError::WrongCommitment,
        constraint = commitment.is_active() @ CreditsError::CommitmentEnded,
    )]
    pub commitment: State<Commitment>,
    /// The service that is bought: says whether it has a policy.
    #[account(address = renewed.lease.service @ CreditsError::WrongService)]
    pub service: State<Service>,
    /// What admits operator and customer to the service.
    pub admission: Nested<staking_groups::Admission>,
}

impl LeaseRenew {
    fn validate(&self) -> Result<()> {
        require!(
            !self.renewed.funds.network.is_paused(AREA_CREDITS),
            CreditsError::NetworkPaused
        );
        require_admitted(
            &self.admission,
            &self.service,
            &self.operator,
            self.customer.address(),
        )
    }

    pub fn lease_renew(&mut self, epochs: u64, rate_per_epoch: u64) -> Result<LeaseRenewed> {
        self.validate()?;
        let by_node = self.node_key.account().is_signer();
        let renewed = &mut *self.renewed;
        let epoch = network_epoch(&renewed.funds.network, Clock::get()?.unix_timestamp)?;
        if !by_node {
            renewed.lease.use_renewal_option(epochs, rate_per_epoch)?;
        }
        let price = renewed.lease.renew(epochs, rate_per_epoch, epoch)?;
        renewed.funds.account.escrow(price)?;
        renewed.funds.market.escrow(price)?;
        renewed.invariant()?;
        let lease = &renewed.lease;
        Ok(LeaseRenewed {
            lease: *lease.address(),
            customer: lease.customer,
            epochs,
            rate_per_epoch,
            end_epoch: lease.end_epoch,
            escrow: lease.escrow,
            balance: renewed.funds.account.balance,
            renewal_epochs: lease.renewal_epochs,
            by_node: u8::from(by_node),
            _pad: [0; 7],
        })
    }
}
