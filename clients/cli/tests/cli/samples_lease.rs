//! Fixed results about leases.

use trestle_cli::{
    commands::{
        lease::{
            LeaseAction, LeaseListOutput, LeaseOutput, LeaseStatus, LeaseWriteOutput,
            MaintenanceOutput, SettlementText, StepText, WindowText,
        },
        lease_group::{
            GroupAction, GroupListOutput, GroupMemberText, GroupOutput, GroupSettlementText,
            GroupWriteOutput, WindowsText,
        },
    },
    text::CreditsText,
};

use crate::samples::{address, landed};

pub fn lease() -> LeaseOutput {
    LeaseOutput {
        commitment: address(15),
        lease: address(16),
        customer: address(14),
        operator: address(10),
        status: LeaseStatus::Active,
        rate_per_epoch: CreditsText::new(100),
        start_epoch: 5,
        end_epoch: 34,
        settled_epoch: 41,
        period_epochs: 1,
        sla_bps: 9_500,
        credit_bps: 1_000,
        deeper_steps: vec![StepText {
            below_bps: 8_000,
            credit_bps: 5_000,
        }],
        credit_cap_bps: 3_000,
        notice_epochs: 2,
        reason: None,
        renewal_epochs: 30,
        renewal_rate: CreditsText::new(100),
        escrow: CreditsText::new(2_600),
        consumed: CreditsText::new(390),
        refunded: CreditsText::new(10),
        credited: CreditsText::new(4),
    }
}

/// One that the customer is leaving.
pub fn lease_ending() -> LeaseOutput {
    LeaseOutput {
        status: LeaseStatus::Ending,
        reason: Some("needed no longer".to_string()),
        ..lease()
    }
}

pub fn maintenance(transactions: bool) -> MaintenanceOutput {
    MaintenanceOutput {
        operator: address(10),
        windows: vec![WindowText {
            first_epoch: 50,
            last_epoch: 51,
        }],
        transactions: transactions.then(landed).into_iter().collect(),
    }
}

pub fn leases() -> LeaseListOutput {
    LeaseListOutput {
        leases: vec![lease()],
    }
}

fn settlements() -> Vec<SettlementText> {
    let whole = SettlementText {
        epoch: 4,
        verdict: "delivered".to_string(),
        windows_ok: 24,
        windows_total: 24,
        consumed: CreditsText::new(1_000),
        credited: CreditsText::new(0),
    };
    let bad = SettlementText {
        epoch: 5,
        verdict: "below the service level".to_string(),
        windows_ok: 20,
        consumed: CreditsText::new(750),
        credited: CreditsText::new(83),
        ..whole.clone()
    };
    vec![whole, bad]
}

pub fn lease_write(action: LeaseAction) -> LeaseWriteOutput {
    let settles = action == LeaseAction::Settle;
    LeaseWriteOutput {
        commitment: address(15),
        action,
        epochs: if settles {
            vec!["4".to_string(), "5".to_string()]
        } else {
            Vec::new()
        },
        settlements: if settles { settlements() } else { Vec::new() },
        lease: match action {
            LeaseAction::Close => None,
            LeaseAction::End => Some(lease_ending()),
            LeaseAction::Settle | LeaseAction::Renew | LeaseAction::Transfer => Some(lease()),
        },
        transactions: vec![landed()],
    }
}

pub fn group() -> GroupOutput {
    let LeaseOutput {
        customer,
        rate_per_epoch,
        deeper_steps,
        ..
    } = lease();
    let member = |byte| GroupMemberText {
        operator: address(byte),
        commitment: address(byte + 1),
        first_epoch: 30,
        last_epoch: None,
        recorded: Some(WindowsText {
            windows_ok: 20,
            windows_total: 24,
            excused_epochs: 0,
        }),
    };
    let maintained = GroupMemberText {
        recorded: Some(WindowsText {
            windows_ok: 12,
            windows_total: 24,
            excused_epochs: 2,
        }),
        ..member(22)
    };
    let leaver = GroupMemberText {
        last_epoch: Some("40".to_string()),
        recorded: None,
        ..member(24)
    };
    GroupOutput {
        group: address(17),
        id: 3,
        customer,
        service: address(3),
        status: LeaseStatus::Active,
        needed: 2,
        members_max: 4,
        members: vec![member(20), maintained, leaver],
        rate_per_epoch,
        start_epoch: 30,
        end_epoch: 59,
        settled_epoch: 41,
        period_epochs: 1,
        sla_bps: 9_500,
        credit_bps: 1_000,
        deeper_steps,
        credit_cap_bps: 3_000,
        notice_epochs: 2,
        reason: None,
        escrow: CreditsText::new(3_600),
        consumed: CreditsText::new(2_390),
        refunded: CreditsText::new(10),
        credited: CreditsText::new(4),
    }
}

pub fn groups() -> GroupListOutput {
    GroupListOutput {
        groups: vec![group()],
    }
}

pub fn group_write(action: GroupAction) -> GroupWriteOutput {
    let settlement = GroupSettlementText {
        epoch: 41,
        epochs: 1,
        consumed: CreditsText::new(166),
        refunded: CreditsText::new(34),
        credited: CreditsText::new(17),
        earned: [83, 83, 0].map(CreditsText::new).to_vec(),
    };
    let mut settlements = vec![settlement];
    settlements.retain(|_| action == GroupAction::Settle);
    GroupWriteOutput {
        group: address(17),
        action,
        settlements,
        state: (action != GroupAction::Close).then(group),
        transactions: vec![landed()],
    }
}
