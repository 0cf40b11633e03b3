//! Open the lease of a plan.
//!
//! The user's data is registered with an operator and leased, for the customer of the gateway: both
//! calls are signed by it and by the operator's node, which signed this transaction.
//!
//! Specification:
//! - The commitment and the lease are the customer's.
//! - Only the user leases, once.
//! - A lease that costs more than the plan is refused.
//! - The user pays the rent of what is created, and the customer keeps its lamports.
//! - Without the signature of the operator's node nothing is leased.

use {
    crate::{
        error::GatewayError,
        event::PlanLeased,
        groups,
        money::{pay, rent_of},
        programs::{Credits, Proofs},
        state::{Gateway, Plan, PlanLease as Leased, State},
    },
    anchor_lang::{address_eq, prelude::*},
    core::mem::size_of,
    trestle_credits::state::{Lease, LeaseTerms},
    trestle_proofs::state::{Commitment, OperatorLoad},
    trestle_staking::{
        groups as staking_groups,
        ring::FinalRoots,
        state::{Operator, Service},
    },
};

#[derive(Accounts)]
pub struct PlanLease {
    /// The user: pays the rents.
    #[account(mut, address = plan.user @ GatewayError::NotUser)]
    pub user: Signer,
    /// The operator's node: agrees by signing.
    pub node: Signer,
    /// The gateway.
    #[account(constraint = gateway.is_at(gateway.address()) @ GatewayError::WrongAddress)]
    pub gateway: Account<Gateway>,
    /// The plan.
    #[account(
        mut,
        constraint = gateway.is_plan(gateway.address(), plan.address())
            @ GatewayError::WrongGateway,
    )]
    pub plan: Account<Plan>,
    /// Trestle's customer, for whom this program signs.
    #[account(mut, address = gateway.customer @ GatewayError::WrongCustomer)]
    pub customer: UncheckedAccount,
    /// The customer's account, which pays for the lease, with its market.
    pub books: Nested<groups::Books>,
    /// The service that the operator works for.
    #[account(address = operator.service @ GatewayError::WrongService)]
    pub service: State<Service>,
    /// Who keeps the data.
    #[account(
        constraint = operator.is_at(operator.address()) @ GatewayError::WrongAddress,
        constraint = address_eq(&operator.network, books.network.address())
            @ GatewayError::WrongNetwork,
    )]
    pub operator: State<Operator>,
    /// The commitment. The proofs program derives its address.
    #[account(mut)]
    pub commitment: UncheckedAccount,
    /// What the operator has committed to in all. The proofs program derives its address.
    #[account(mut)]
    pub load: UncheckedAccount,
    /// The service's final roots.
    #[account(
        constraint = ring.is_of(service.address(), ring.address()) @ GatewayError::WrongService,
    )]
    pub ring: State<FinalRoots>,
    /// The lease. The credits program derives its address.
    #[account(mut)]
    pub lease: UncheckedAccount,
    /// Creates the accounts.
    pub system_program: Program<System>,
    /// Registers the commitment.
    pub proofs_program: Program<Proofs>,
    /// Opens the lease.
    pub credits_program: Program<Credits>,
    /// What admits operator and customer to the service. The called programs check it.
    pub admission: Nested<staking_groups::Admission>,
}

impl PlanLease {
    fn validate(&self, terms: &LeaseTerms) -> Result<()> {
        self.plan.require_open()?;
        require!(
            self.gateway.account == *self.books.account.address(),
            GatewayError::WrongAccount
        );
        require!(
            terms.price()?.0 <= self.plan.credits,
            GatewayError::PlanTooSmall
        );
        Ok(())
    }

    pub fn plan_lease(
        &mut self,
        root: [u8; 32],
        size_bytes: u64,
        terms: LeaseTerms,
    ) -> Result<PlanLeased> {
        self.validate(&terms)?;
        let leased = Leased {
            lease: *self.lease.address(),
            commitment: *self.commitment.address(),
            lease_rent: rent_of(size_of::<Lease>())?,
            commitment_rent: rent_of(size_of::<Commitment>())?,
        };
        self.fund(&leased)?;
        self.register(root, size_bytes)?;
        self.open(terms)?;
        self.plan.lease(&leased)?;
        self.plan.invariant()?;
        Ok(PlanLeased {
            plan: *self.plan.address(),
            operator: *self.operator.address(),
            commitment: leased.commitment,
            lease: leased.lease,
            price: terms.price()?.0,
            rent: leased.lease_rent.saturating_add(leased.commitment_rent),
        })
    }

    /// The customer pays for what it opens, so it is given the rents first. The first commitment of
    /// an operator creates its load besides, which stays.
    #[inline(never)]
    fn fund(&mut self, leased: &Leased) -> Result<()> {
        let load_rent = if self.load.account().is_data_empty() {
            rent_of(size_of::<OperatorLoad>())?
        } else {
            0
        };
        let rents = leased
            .lease_rent
            .checked_add(leased.commitment_rent)
            .and_then(|sum| sum.checked_add(load_rent))
            .ok_or(GatewayError::MathOverflow)?;
        pay(
            &self.system_program,
            self.user.try_cpi_handle_mut()?,
            self.customer.try_cpi_handle_mut()?,
            &[],
            rents,
        )
    }

    #[inline(never)]
    fn register(&mut self, root: [u8; 32], size_bytes: u64) -> Result<()> {
        let signer = self.gateway.signer(self.gateway.address());
        let accounts = trestle_proofs::cpi::accounts::CommitmentRegister {
            customer: self.customer.try_cpi_handle_mut()?,
            node: self.node.cpi_handle(),
            network: self.books.network.cpi_handle(),
            service: self.service.cpi_handle(),
            operator: self.operator.cpi_handle(),
            commitment: self.commitment.try_cpi_handle_mut()?,
            load: self.load.try_cpi_handle_mut()?,
            ring: self.ring.cpi_handle(),
            system_program: self.system_program.cpi_handle(),
            admission: admission(&self.admission),
        };
        let seeds: &[&[&[u8]]] = &[&signer.seeds()];
        let program = self.proofs_program.address();
        let context = CpiContext::new_with_signer(program, accounts, seeds);
        trestle_proofs::cpi::commitment_register(context, root, size_bytes)
    }

    #[inline(never)]
    fn open(&mut self, terms: LeaseTerms) -> Result<()> {
        let signer = self.gateway.signer(self.gateway.address());
        let accounts = trestle_credits::cpi::accounts::LeaseOpen {
            customer: self.customer.try_cpi_handle_mut()?,
            node_key: self.node.cpi_handle(),
            funds: self.books.0.cpi()?,
            operator: self.operator.cpi_handle(),
            commitment: self.commitment.cpi_handle(),
            lease: self.lease.try_cpi_handle_mut()?,
            system_program: self.system_program.cpi_handle(),
            service: self.service.cpi_handle(),
            admission: admission(&self.admission),
        };
        let seeds: &[&[&[u8]]] = &[&signer.seeds()];
        let program = self.credits_program.address();
        let context = CpiContext::new_with_signer(program, accounts, seeds);
        trestle_credits::cpi::lease_open(context, terms)
    }
}

/// What admits both parties, as the called programs take it.
fn admission(shown: &staking_groups::Admission) -> staking_groups::cpi::Admission<'_> {
    staking_groups::cpi::Admission {
        policy: shown.policy.cpi_handle(),
        operator: voucher(&shown.operator),
        customer: voucher(&shown.customer),
    }
}

fn voucher(shown: &staking_groups::Voucher) -> staking_groups::cpi::Voucher<'_> {
    staking_groups::cpi::Voucher {
        issuer: shown.issuer.cpi_handle(),
        clearance: shown.clearance.cpi_handle(),
        credential: shown.credential.cpi_handle(),
    }
}
