//! Builders of what happens to leases after they were opened, and of what they are settled with.

use {
    crate::{
        credits::{CreditsWorld, Customer, Deal},
        staking::OperatorKeys,
        svm::{Outcome, Sent},
    },
    anchor_lang::{programs::System, Id},
    solana_address::Address,
    solana_instruction::Instruction,
    solana_signer::Signer,
    trestle_credits::{
        accounts,
        address::maintenance_address,
        event::LeaseSettled,
        instruction,
        instructions::__client_accounts_leaseopen,
        state::{LeaseTerms, Maintenance, ServiceRevenue},
    },
};

/// Epochs, consumed and refunded credits of one settlement.
pub fn outcome(sent: &Sent) -> (u64, u64, u64) {
    let event = settled(sent);
    (event.epochs, event.consumed, event.refunded)
}

/// The event of a settlement.
pub fn settled(sent: &Sent) -> LeaseSettled {
    sent.event().expect("an event")
}

impl CreditsWorld {
    /// Publishes the next root of the deal's operator and settles with it.
    pub fn settle_next(
        &mut self,
        customer: &Customer,
        deal: &Deal,
        epoch: u64,
        windows: (u32, u32),
    ) -> Sent {
        let (ok, total) = windows;
        let leaf = crate::final_roots::windows(ok, total);
        self.publish(epoch, &[(deal.operator.address, leaf)]);
        self.settle(customer, deal, epoch).expect("settled")
    }

    /// Declares maintenance of an operator.
    pub fn declare(&mut self, operator: &OperatorKeys, first: u64, epochs: u64) -> Outcome {
        let ix = self.maintenance_declare(operator, first, epochs);
        self.svm.send(&[ix], &[&operator.authority])
    }

    pub fn revenue_state(&self) -> ServiceRevenue {
        self.svm.get(&self.revenue)
    }

    pub fn maintenance_state(&self, operator: &OperatorKeys) -> Maintenance {
        self.svm.get(&maintenance_address(&operator.address).0)
    }

    /// What the lease, the only customer, the market and the revenue hold adds up.
    #[track_caller]
    pub fn check_sums(&self, customer: &Customer, deals: &[&Deal]) {
        let account = self.account_state(customer);
        let market = self.market_state();
        let mut sums = (0, 0);
        for deal in deals {
            let lease = self.lease_state(deal);
            assert_eq!(
                lease.deposited,
                lease.escrow + lease.consumed + lease.refunded
            );
            sums = (sums.0 + lease.escrow, sums.1 + lease.consumed);
        }
        assert_eq!((account.escrowed, account.consumed), sums);
        assert_eq!(self.revenue_state().consumed, account.consumed);
        assert_eq!(
            (market.held, market.escrowed, market.consumed),
            (account.balance, account.escrowed, account.consumed)
        );
        assert_eq!(
            market.minted,
            market.held + market.escrowed + market.consumed
        );
    }
}

/// The instructions, one builder each.
impl CreditsWorld {
    pub fn revenue_open(&self, payer: Address) -> Instruction {
        instruction::RevenueOpen {}.to_instruction(accounts::RevenueOpen {
            payer,
            service: self.service,
            revenue: self.revenue,
            system_program: System::id(),
        })
    }

    /// Signed by the customer and, unless `by_node` is false, by the operator's node.
    pub fn lease_renew(
        &self,
        customer: &Customer,
        deal: &Deal,
        epochs: u64,
        rate_per_epoch: u64,
        by_node: bool,
    ) -> Instruction {
        let node_key = deal.operator.node.pubkey();
        let mut ix = instruction::LeaseRenew {
            epochs,
            rate_per_epoch,
        }
        .to_instruction(accounts::LeaseRenew {
            customer: customer.key.pubkey(),
            node_key,
            renewed: self.lease_refund(customer, deal),
            operator: deal.operator.address,
            commitment: deal.commitment,
            service: self.service,
            admission: self.nothing_shown(),
        });
        for meta in &mut ix.accounts {
            meta.is_signer |= by_node && meta.pubkey == node_key;
        }
        ix
    }

    pub fn lease_transfer(
        &self,
        customer: &Customer,
        from: &Deal,
        to: &Deal,
        terms: LeaseTerms,
    ) -> Instruction {
        instruction::LeaseTransfer { terms }.to_instruction(accounts::LeaseTransfer {
            open: __client_accounts_leaseopen::LeaseOpen {
                customer: customer.key.pubkey(),
                node_key: to.operator.node.pubkey(),
                funds: self.funds(customer),
                operator: to.operator.address,
                commitment: to.commitment,
                lease: to.lease,
                system_program: System::id(),
                service: self.service,
                admission: self.nothing_shown(),
            },
            lease: from.lease,
        })
    }

    pub fn maintenance_declare(
        &self,
        operator: &OperatorKeys,
        first_epoch: u64,
        epochs: u64,
    ) -> Instruction {
        instruction::MaintenanceDeclare {
            first_epoch,
            epochs,
        }
        .to_instruction(accounts::MaintenanceDeclare {
            controller: operator.authority.pubkey(),
            network: self.network,
            operator: operator.address,
            maintenance: maintenance_address(&operator.address).0,
            system_program: System::id(),
        })
    }
}
