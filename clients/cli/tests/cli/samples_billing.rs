//! Outputs of billing that are well formed and made up.

use trestle_cli::{
    commands::credits_invoice::{BalanceText, CreditsInvoiceOutput, InvoiceLine},
    text::CreditsText,
};

use crate::samples::address;

pub fn credits_invoice() -> CreditsInvoiceOutput {
    CreditsInvoiceOutput {
        customer: address(14),
        complete: true,
        gaps: 0,
        opening: balance(200_000, 0),
        deposited: CreditsText::new(50_000),
        bought_by_card: CreditsText::new(0),
        topped_up: CreditsText::new(0),
        insured: CreditsText::new(0),
        withdrawn: CreditsText::new(1_000),
        reversed: CreditsText::new(0),
        used: CreditsText::new(2_900),
        service_credits: CreditsText::new(90),
        closing: balance(240_100, 6_000),
        lines: vec![lease(), meter()],
    }
}

fn balance(free: u64, in_use: u64) -> BalanceText {
    BalanceText {
        free: CreditsText::new(free),
        in_use: CreditsText::new(in_use),
        frozen: CreditsText::new(0),
    }
}

fn lease() -> InvoiceLine {
    InvoiceLine {
        kind: "lease",
        address: address(21),
        operator: Some(address(22)),
        periods: 9,
        windows_ok: 8,
        windows_total: 9,
        units: 0,
        opening: CreditsText::new(0),
        funded: CreditsText::new(3_000),
        used: CreditsText::new(900),
        service_credits: CreditsText::new(90),
        refunded: CreditsText::new(100),
        closing: CreditsText::new(2_000),
    }
}

fn meter() -> InvoiceLine {
    InvoiceLine {
        kind: "meter",
        address: address(23),
        operator: None,
        periods: 0,
        windows_ok: 0,
        windows_total: 0,
        units: 20,
        opening: CreditsText::new(6_000),
        funded: CreditsText::new(0),
        used: CreditsText::new(2_000),
        service_credits: CreditsText::new(0),
        refunded: CreditsText::new(0),
        closing: CreditsText::new(4_000),
    }
}
