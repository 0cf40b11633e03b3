//! Fixed results about delegation.

use super::{address, landed, tokens};
use trestle_cli::{
    commands::{
        delegation_output::{
            CommissionOutput, DelegationClaimOutput, DelegationCloseOutput, DelegationListOutput,
            DelegationOutput, DelegationPayAction, NextCommission, PoolTerms,
        },
        stake::TicketText,
        stake_move::{StakeAction, StakeKind, StakeMoveOutput},
    },
    text::TokenText,
};

pub fn commission() -> CommissionOutput {
    CommissionOutput {
        operator: address(10),
        pool: address(24),
        commission_bps: 1_250,
        from_epoch: 45,
        transaction: landed(),
    }
}

pub fn moved(action: StakeAction) -> StakeMoveOutput {
    StakeMoveOutput {
        action,
        kind: StakeKind::Delegated,
        operator: address(10),
        amount: tokens(20_000_000_000),
        unlock_at: (action == StakeAction::Unbond).then(|| "1701209600".to_string()),
        unlock_seconds: 1_209_600,
        transaction: landed(),
    }
}

pub fn paid(action: DelegationPayAction) -> DelegationClaimOutput {
    DelegationClaimOutput {
        action,
        operator: address(10),
        tokens: tokens(1_250_000_000),
        stable: TokenText::new(340_000, 6, "USD"),
        transaction: landed(),
    }
}

pub fn close() -> DelegationCloseOutput {
    DelegationCloseOutput {
        operator: address(10),
        transaction: landed(),
    }
}

pub fn terms() -> PoolTerms {
    PoolTerms {
        commission_bps: 1_000,
        next: Some(NextCommission {
            commission_bps: 1_250,
            from_epoch: 45,
        }),
        delegated: tokens(120_000_000_000),
    }
}

pub fn delegation() -> DelegationOutput {
    DelegationOutput {
        operator: address(10),
        delegator: address(25),
        delegated: tokens(20_000_000_000),
        tokens: tokens(1_250_000_000),
        stable: TokenText::new(340_000, 6, "USD"),
        unbonding: vec![TicketText {
            amount: tokens(5_000_000_000),
            unlock_at: 1_700_003_600,
            now: 1_700_000_000,
        }],
        pool: terms(),
    }
}

pub fn delegations() -> DelegationListOutput {
    DelegationListOutput {
        delegations: vec![delegation()],
    }
}
