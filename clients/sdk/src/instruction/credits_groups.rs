//! Instructions of the credits program about lease groups.

use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use trestle_credits::{
    accounts,
    groups::client::GroupRefund,
    instruction as args,
    state::{GroupMember, LeaseGroup},
};

pub use trestle_credits::state::GroupTerms;

use super::{
    build,
    credits::{funds, LeafProof, LeaseParties},
};
use crate::address::{self, CREDITS_ID, SYSTEM_PROGRAM_ID};

fn refund(group: &LeaseGroup) -> GroupRefund {
    GroupRefund {
        funds: funds(&group.network, &group.customer),
        group: address::lease_group(&group.customer, group.id),
    }
}

/// Signed by the customer, who pays what k operators cost, and the rent.
pub fn lease_group_open(
    customer: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
    id: u64,
    terms: GroupTerms,
) -> Instruction {
    let accounts = accounts::LeaseGroupOpen {
        customer: *customer,
        funds: funds(network, customer),
        service: *service,
        group: address::lease_group(customer, id),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(CREDITS_ID, &accounts, &args::LeaseGroupOpen { id, terms })
}

/// Makes an operator a member of a group of this customer on the group's own `terms`. Signed by the
/// customer and by the operator's node.
pub fn lease_group_join(group: &Pubkey, parties: &LeaseParties, terms: GroupTerms) -> Instruction {
    let accounts = accounts::LeaseGroupJoin {
        customer: parties.customer,
        node_key: parties.node_key,
        network: parties.network,
        group: *group,
        operator: parties.operator,
        commitment: parties.commitment,
        service: parties.service,
        admission: parties.admission.accounts(&parties.service),
    };
    build(CREDITS_ID, &accounts, &args::LeaseGroupJoin { terms })
}

/// Records what a member delivered. Anybody may send it.
pub fn lease_group_record(
    group: &LeaseGroup,
    member: &GroupMember,
    leaf: LeafProof,
) -> Instruction {
    let accounts = accounts::LeaseGroupRecord {
        network: group.network,
        group: address::lease_group(&group.customer, group.id),
        ring: address::ring(&group.service),
        commitment: member.commitment,
        maintenance: address::maintenance(&member.operator),
    };
    build(CREDITS_ID, &accounts, &args::LeaseGroupRecord { leaf })
}

/// Pays for the period of which all members are recorded. Anybody may send it.
pub fn lease_group_settle(group: &LeaseGroup) -> Instruction {
    let accounts = accounts::LeaseGroupSettle {
        refund: refund(group),
        revenue: address::revenue(&group.service),
    };
    build(CREDITS_ID, &accounts, &args::LeaseGroupSettle {})
}

/// Ends a group with its notice. Signed by the customer.
pub fn lease_group_end(group: &LeaseGroup, reason: u8) -> Instruction {
    let accounts = accounts::LeaseGroupEnd {
        customer: group.customer,
        network: group.network,
        group: address::lease_group(&group.customer, group.id),
    };
    build(CREDITS_ID, &accounts, &args::LeaseGroupEnd { reason })
}

/// Gives rent, and what nobody settled in time, back to the customer. Anybody may send it.
pub fn lease_group_close(group: &LeaseGroup) -> Instruction {
    let accounts = accounts::LeaseGroupClose {
        refund: refund(group),
        customer: group.customer,
    };
    build(CREDITS_ID, &accounts, &args::LeaseGroupClose {})
}
