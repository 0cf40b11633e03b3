//! What happened to lease groups.

use {
    crate::state::{SlaStep, DEEPER_STEPS},
    anchor_lang::prelude::*,
    trestle_core::lease_group::GROUP_MEMBERS_MAX,
};

/// A customer has paid for a group that operators can join.
#[event(bytemuck)]
pub struct LeaseGroupOpened {
    pub group: Address,
    pub network: Address,
    pub service: Address,
    pub customer: Address,
    /// The customer's number for it.
    pub id: u64,
    pub rate_per_epoch: u64,
    pub start_epoch: u64,
    pub end_epoch: u64,
    pub escrow: u64,
    /// Free credits that the customer's account has left.
    pub balance: u64,
    pub period_epochs: u32,
    pub sla_bps: u16,
    pub credit_bps: u16,
    pub deeper_steps: [SlaStep; DEEPER_STEPS],
    pub credit_cap_bps: u16,
    pub notice_epochs: u16,
    pub needed: u8,
    pub members_max: u8,
    /// Zero.
    pub _pad: [u8; 6],
}

/// An operator is a member of a group from now on.
#[event(bytemuck)]
pub struct LeaseGroupJoined {
    pub group: Address,
    pub customer: Address,
    pub operator: Address,
    pub commitment: Address,
    /// Places that are taken by now.
    pub member_count: u8,
    /// Its place, from zero: another member may have left it.
    pub place: u8,
    /// Zero.
    pub _pad: [u8; 6],
}

/// A member of a group was recorded.
#[event(bytemuck)]
pub struct LeaseGroupRecorded {
    pub group: Address,
    pub customer: Address,
    pub operator: Address,
    /// The epoch of the root; of an end, the last epoch that the member serves.
    pub epoch: u64,
    /// Good windows of the period.
    pub windows_ok: u32,
    pub windows_total: u32,
    /// 0 its end, 1 the counters that it starts from, 2 what it delivered in the period, 3 that it
    /// serves only after the period.
    pub recorded: u8,
    /// Zero.
    pub _pad: u8,
    /// Epochs of the period in which it served and had declared maintenance.
    pub excused_epochs: u16,
    /// Zero.
    pub _pad_end: [u8; 4],
}

/// A period of a group was settled.
#[event(bytemuck)]
pub struct LeaseGroupSettled {
    pub group: Address,
    pub customer: Address,
    /// Last epoch that is settled.
    pub epoch: u64,
    /// Epochs that were settled.
    pub epochs: u64,
    pub consumed: u64,
    pub refunded: u64,
    /// The part of `refunded` that is a service credit.
    pub credit: u64,
    /// Credits that are still in the group.
    pub escrow: u64,
    /// Free credits of the customer.
    pub balance: u64,
    pub end_epoch: u64,
    /// What of `consumed` each member earned, by place; together exactly that.
    pub earned: [u64; GROUP_MEMBERS_MAX],
    pub member_count: u8,
    pub status: u8,
    /// Why it ends before its term: `trestle_core::lease::Reason`.
    pub reason: u8,
    /// Zero.
    pub _pad: [u8; 5],
}

/// A group got an earlier end.
#[event(bytemuck)]
pub struct LeaseGroupEnded {
    pub group: Address,
    pub customer: Address,
    pub end_epoch_before: u64,
    pub end_epoch: u64,
    /// `trestle_core::lease::Reason`.
    pub reason: u8,
    /// Zero.
    pub _pad: [u8; 7],
}

/// A group is gone; what was left in it is back in the customer's account.
#[event(bytemuck)]
pub struct LeaseGroupClosed {
    pub group: Address,
    pub customer: Address,
    /// Credits that were left.
    pub refunded: u64,
    /// Credits that the group used up over its life.
    pub consumed_total: u64,
    /// Credits that the group gave back over its life, `refunded` included.
    pub refunded_total: u64,
    /// Free credits of the customer.
    pub balance: u64,
    /// Why it ended before its term: `trestle_core::lease::Reason`.
    pub reason: u8,
    /// 1 if it never began or nobody settled it in time.
    pub timed_out: u8,
    /// Zero.
    pub _pad: [u8; 6],
}
