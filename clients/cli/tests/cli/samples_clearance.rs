//! Fixed results about issuers, clearances and policies.

use trestle_cli::{
    cleared::{ClearanceKind, RulesText},
    commands::{
        clearance::{
            ClearanceAction, ClearanceListOutput, ClearanceShowOutput, ClearanceWriteOutput,
            StatementText,
        },
        issuer::{IssuerAction, IssuerListOutput, IssuerText, IssuerWriteOutput},
        policy::{PolicyAction, PolicyOutput, PolicyWriteOutput},
    },
};

use crate::samples::{address, landed};

pub fn issuer_admit() -> IssuerWriteOutput {
    IssuerWriteOutput {
        action: IssuerAction::Admit,
        issuer: address(30),
        key: address(31),
        transaction: landed(),
    }
}

pub fn issuers() -> IssuerListOutput {
    let issuer = |byte, name: &str, kinds, schema, revoked| IssuerText {
        issuer: address(byte),
        key: address(byte + 1),
        name: name.to_string(),
        kinds,
        schema,
        revoked,
    };
    let kyc = vec![ClearanceKind::Kyc, ClearanceKind::Region];
    IssuerListOutput {
        issuers: vec![
            issuer(30, "Example Verify GmbH", kyc, None, false),
            issuer(
                32,
                "Example Pass",
                vec![ClearanceKind::Kyb],
                Some(address(34)),
                true,
            ),
        ],
    }
}

pub fn clearance_grant() -> ClearanceWriteOutput {
    ClearanceWriteOutput {
        action: ClearanceAction::Grant,
        wallet: address(11),
        issuer: address(30),
        clearance: address(35),
        transaction: landed(),
    }
}

fn statement() -> StatementText {
    StatementText {
        wallet: address(11),
        issuer: address(30),
        clearance: address(35),
        kinds: vec![ClearanceKind::Region, ClearanceKind::Audit],
        country: Some("DE".to_string()),
        audit_tier: 2,
        expires_at: 1_731_536_000,
        now: 1_700_000_000,
        refusal: None,
    }
}

fn revoked() -> StatementText {
    StatementText {
        issuer: address(32),
        refusal: Some("the network trusts the issuer no longer; use another one".to_string()),
        ..statement()
    }
}

pub fn clearance() -> ClearanceShowOutput {
    ClearanceShowOutput {
        wallet: address(11),
        statements: vec![statement(), revoked()],
        operator_refusal: None,
        customer_refusal: Some("the clearance has expired; renew it".to_string()),
    }
}

pub fn clearances() -> ClearanceListOutput {
    ClearanceListOutput {
        issuer: address(30),
        clearances: vec![statement(), revoked()],
    }
}

fn rules() -> RulesText {
    RulesText {
        operators: vec![ClearanceKind::Kyb, ClearanceKind::Region],
        customers: vec![ClearanceKind::Kyc],
        refused: vec!["IR".to_string(), "KP".to_string()],
        ..RulesText::default()
    }
}

fn stricter() -> RulesText {
    RulesText {
        operators: vec![ClearanceKind::Region, ClearanceKind::Audit],
        audit_tier_min: 2,
        allowed: vec!["AT".to_string(), "DE".to_string()],
        refused: Vec::new(),
        ..rules()
    }
}

pub fn policy() -> PolicyOutput {
    PolicyOutput {
        service: address(2),
        policy: Some(address(36)),
        changes: 3,
        epoch: 42,
        rules: rules(),
        pending: Some(stricter()),
        due_epoch: Some("45".to_string()),
    }
}

pub fn policy_propose() -> PolicyWriteOutput {
    PolicyWriteOutput {
        action: PolicyAction::Propose,
        service: address(2),
        rules: Some(stricter()),
        due_epoch: Some("45".to_string()),
        transaction: landed(),
    }
}
