//! Lease groups: worlds with one, and builders of their instructions.

use {
    crate::{
        credits::{terms, CreditsWorld, Customer, Deal},
        final_roots::windows,
        svm::{Outcome, Sent},
    },
    anchor_lang::{programs::System, Id},
    solana_account::Account,
    solana_address::Address,
    solana_instruction::Instruction,
    solana_signer::Signer,
    trestle_core::leaf::LeafCounters,
    trestle_credits::{
        accounts,
        address::{lease_group_address, maintenance_address},
        event::{LeaseGroupRecorded, LeaseGroupSettled},
        groups::client::GroupRefund,
        instruction,
        state::{GroupTerms, LeaseGroup, LeaseTerms},
    },
    trestle_staking::leaf::LeafProof,
};

/// A group, with the commitments of its members in the order of joining.
pub struct Group {
    pub customer: Customer,
    pub id: u64,
    pub address: Address,
    pub members: Vec<Deal>,
}

impl Clone for Customer {
    fn clone(&self) -> Self {
        Self {
            key: self.key.insecure_clone(),
            ..*self
        }
    }
}

impl Group {
    /// A group of this customer that nobody has joined.
    pub fn of(customer: Customer, id: u64) -> Self {
        Self {
            address: lease_group_address(&customer.key.pubkey(), id).0,
            customer,
            id,
            members: Vec::new(),
        }
    }

    /// The leaves of the members, with these good and all windows.
    pub fn leaves(&self, counters: &[(u32, u32)]) -> Vec<(Address, LeafCounters)> {
        let members = self.members.iter().zip(counters);
        members
            .map(|(deal, (ok, total))| (deal.operator.address, windows(*ok, *total)))
            .collect()
    }
}

/// Two of three operators from epoch 1 on, on the terms of the usual lease.
pub fn group_terms() -> GroupTerms {
    GroupTerms {
        needed: 2,
        members_max: 3,
        start_epoch: 1,
        lease: terms(),
    }
}

/// The same with other terms of a lease.
pub fn group_terms_with(lease: LeaseTerms) -> GroupTerms {
    GroupTerms {
        lease,
        ..group_terms()
    }
}

/// The event of a settlement.
pub fn settled(sent: &Sent) -> LeaseGroupSettled {
    sent.event().expect("an event")
}

/// The event of a record.
pub fn recorded(sent: &Sent) -> LeaseGroupRecorded {
    sent.event().expect("an event")
}

impl CreditsWorld {
    /// An open group on these terms that as many operators have joined as may.
    pub fn group(&mut self, terms: GroupTerms) -> Group {
        let mut group = self.group_without_members(terms);
        for number in 0..terms.members_max {
            let deal = self.deal(&format!("member {number}"), &group.customer);
            self.join(&group, &deal, terms).expect("a member");
            group.members.push(deal);
        }
        group
    }

    /// An open group on these terms.
    pub fn group_without_members(&mut self, terms: GroupTerms) -> Group {
        let group = Group::of(self.rich_customer("customer", 100_000), 7);
        self.open_group(&group, terms).expect("a group");
        group
    }

    pub fn open_group(&mut self, group: &Group, terms: GroupTerms) -> Outcome {
        let ix = self.lease_group_open(group, terms);
        self.svm.send(&[ix], &[&group.customer.key])
    }

    pub fn join(&mut self, group: &Group, deal: &Deal, terms: GroupTerms) -> Outcome {
        let ix = self.lease_group_join(group, deal, terms);
        let signers = [&group.customer.key, &deal.operator.node];
        self.svm.send(&[ix], &signers)
    }

    /// Records a member with its operator's leaf of an epoch.
    pub fn record(&mut self, group: &Group, deal: &Deal, epoch: u64) -> Outcome {
        let leaf = self.roots.leaf(epoch, &deal.operator.address);
        let ix = self.lease_group_record(group, deal, leaf);
        self.svm.send(&[ix], &[])
    }

    /// Takes a commitment away as the proofs program would once it is over.
    pub fn remove_commitment(&mut self, deal: &Deal) {
        let gone = self
            .svm
            .vm()
            .set_account(deal.commitment, Account::default());
        gone.expect("an empty account");
    }

    pub fn settle_group(&mut self, group: &Group) -> Outcome {
        let ix = self.lease_group_settle(group);
        self.svm.send(&[ix], &[])
    }

    /// Publishes a root with these cumulative windows of the members, records all and settles.
    pub fn settle_period(
        &mut self,
        group: &Group,
        epoch: u64,
        counters: &[(u32, u32)],
    ) -> LeaseGroupSettled {
        self.publish(epoch, &group.leaves(counters));
        for deal in &group.members {
            self.record(group, deal, epoch).expect("a record");
        }
        settled(&self.settle_group(group).expect("settled"))
    }

    pub fn group_state(&self, group: &Group) -> LeaseGroup {
        self.svm.get(&group.address)
    }

    /// What the group, its customer, the market and the revenue hold adds up.
    #[track_caller]
    pub fn check_group_sums(&self, group: &Group) {
        let (state, account) = (self.group_state(group), self.account_state(&group.customer));
        assert_eq!(
            state.deposited,
            state.escrow + state.consumed + state.refunded
        );
        assert_eq!(
            (account.escrowed, account.consumed),
            (state.escrow, state.consumed)
        );
        assert_eq!(self.revenue_state().consumed, state.consumed);
        let market = self.market_state();
        assert_eq!(
            (market.held, market.escrowed, market.consumed),
            (account.balance, account.escrowed, account.consumed)
        );
    }
}

/// The instructions, one builder each.
impl CreditsWorld {
    pub fn lease_group_open(&self, group: &Group, terms: GroupTerms) -> Instruction {
        instruction::LeaseGroupOpen {
            id: group.id,
            terms,
        }
        .to_instruction(accounts::LeaseGroupOpen {
            customer: group.customer.key.pubkey(),
            funds: self.funds(&group.customer),
            service: self.service,
            group: group.address,
            system_program: System::id(),
        })
    }

    pub fn lease_group_join(&self, group: &Group, deal: &Deal, terms: GroupTerms) -> Instruction {
        instruction::LeaseGroupJoin { terms }.to_instruction(accounts::LeaseGroupJoin {
            customer: group.customer.key.pubkey(),
            node_key: deal.operator.node.pubkey(),
            network: self.network,
            group: group.address,
            operator: deal.operator.address,
            commitment: deal.commitment,
            service: self.service,
            admission: self.nothing_shown(),
        })
    }

    pub fn lease_group_record(&self, group: &Group, deal: &Deal, leaf: LeafProof) -> Instruction {
        instruction::LeaseGroupRecord { leaf }.to_instruction(accounts::LeaseGroupRecord {
            network: self.network,
            group: group.address,
            ring: self.roots.ring,
            commitment: deal.commitment,
            maintenance: maintenance_address(&deal.operator.address).0,
        })
    }

    pub fn lease_group_settle(&self, group: &Group) -> Instruction {
        instruction::LeaseGroupSettle {}.to_instruction(accounts::LeaseGroupSettle {
            refund: self.group_refund(group),
            revenue: self.revenue,
        })
    }

    pub fn lease_group_end(&self, party: Address, group: &Group, reason: u8) -> Instruction {
        instruction::LeaseGroupEnd { reason }.to_instruction(accounts::LeaseGroupEnd {
            customer: party,
            network: self.network,
            group: group.address,
        })
    }

    pub fn lease_group_close(&self, group: &Group) -> Instruction {
        instruction::LeaseGroupClose {}.to_instruction(accounts::LeaseGroupClose {
            refund: self.group_refund(group),
            customer: group.customer.key.pubkey(),
        })
    }

    fn group_refund(&self, group: &Group) -> GroupRefund {
        GroupRefund {
            funds: self.funds(&group.customer),
            group: group.address,
        }
    }
}
