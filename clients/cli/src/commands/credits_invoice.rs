//! `trestle credits invoice`: what a customer paid for in a period, rebuilt from the chain's logs.

use std::fmt::{self, Write as _};

use clap::Args;
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_sdk::{
    address,
    history::history,
    invoice::{self, Balance, Invoice, LeaseLine, MeterLine},
};

use crate::{
    context::Context,
    error::CliError,
    output,
    text::{count, row, CreditsText},
};

#[derive(Debug, Args)]
pub struct InvoiceArgs {
    /// Wallet of the customer [default: the signing key]
    pub customer: Option<Pubkey>,
    /// Begin of the period, in Unix seconds [default: the opening of the account]
    #[arg(long, value_name = "UNIX_SECONDS", default_value_t = 0)]
    pub from: i64,
    /// End of the period, in Unix seconds, itself not part of it [default: now]
    #[arg(long, value_name = "UNIX_SECONDS", default_value_t = i64::MAX, hide_default_value = true)]
    pub to: i64,
    /// Print the lines as CSV, in credits
    #[arg(long)]
    pub csv: bool,
}

/// What a customer has at some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BalanceText {
    pub free: CreditsText,
    pub in_use: CreditsText,
    pub frozen: CreditsText,
}

/// A lease or a meter in the period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceLine {
    /// `lease` or `meter`.
    pub kind: &'static str,
    pub address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Periods of a lease that were settled.
    pub periods: u64,
    pub windows_ok: u64,
    pub windows_total: u64,
    /// Units of a meter that were paid.
    pub units: u64,
    pub opening: CreditsText,
    pub funded: CreditsText,
    pub used: CreditsText,
    pub service_credits: CreditsText,
    pub refunded: CreditsText,
    pub closing: CreditsText,
}

/// `credits invoice`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreditsInvoiceOutput {
    pub customer: String,
    /// Whether every transaction since the opening of the account was found.
    pub complete: bool,
    /// Places in the history where transactions are missing.
    pub gaps: u64,
    pub opening: BalanceText,
    pub deposited: CreditsText,
    pub bought_by_card: CreditsText,
    pub topped_up: CreditsText,
    pub insured: CreditsText,
    pub withdrawn: CreditsText,
    pub reversed: CreditsText,
    pub used: CreditsText,
    pub service_credits: CreditsText,
    pub closing: BalanceText,
    pub lines: Vec<InvoiceLine>,
}

impl From<Balance> for BalanceText {
    fn from(balance: Balance) -> Self {
        Self {
            free: CreditsText::new(balance.free),
            in_use: CreditsText::new(balance.escrowed),
            frozen: CreditsText::new(balance.frozen),
        }
    }
}

impl From<&LeaseLine> for InvoiceLine {
    fn from(line: &LeaseLine) -> Self {
        Self {
            kind: "lease",
            address: line.lease.to_string(),
            operator: line.operator.map(|one| one.to_string()),
            periods: line.periods,
            windows_ok: line.windows_ok,
            windows_total: line.windows_total,
            units: 0,
            opening: CreditsText::new(line.escrow_before),
            funded: CreditsText::new(line.funded),
            used: CreditsText::new(line.used),
            service_credits: CreditsText::new(line.service_credits),
            refunded: CreditsText::new(line.refunded),
            closing: CreditsText::new(line.escrow),
        }
    }
}

impl From<&MeterLine> for InvoiceLine {
    fn from(line: &MeterLine) -> Self {
        Self {
            kind: "meter",
            address: line.meter.to_string(),
            operator: line.operator.map(|one| one.to_string()),
            periods: 0,
            windows_ok: 0,
            windows_total: 0,
            units: line.units,
            opening: CreditsText::new(line.escrow_before),
            funded: CreditsText::new(line.funded),
            used: CreditsText::new(line.used),
            service_credits: CreditsText::new(0),
            refunded: CreditsText::new(line.refunded),
            closing: CreditsText::new(line.escrow),
        }
    }
}

impl CreditsInvoiceOutput {
    /// The output of an invoice.
    pub fn new(customer: &Pubkey, invoice: &Invoice) -> Self {
        let leases = invoice.leases.iter().map(InvoiceLine::from);
        let meters = invoice.meters.iter().map(InvoiceLine::from);
        Self {
            customer: customer.to_string(),
            complete: invoice.is_complete(),
            gaps: invoice.gaps,
            opening: invoice.opening.into(),
            deposited: CreditsText::new(invoice.flows.deposited),
            bought_by_card: CreditsText::new(invoice.flows.by_card),
            topped_up: CreditsText::new(invoice.flows.topped_up),
            insured: CreditsText::new(invoice.flows.insured),
            withdrawn: CreditsText::new(invoice.flows.withdrawn),
            reversed: CreditsText::new(invoice.flows.reversed),
            used: CreditsText::new(invoice.used()),
            service_credits: CreditsText::new(invoice.service_credits()),
            closing: invoice.closing.into(),
            lines: leases.chain(meters).collect(),
        }
    }

    /// The lines, for a spreadsheet.
    pub fn to_csv(&self) -> String {
        let mut text = String::from(
            "kind,address,operator,periods,windows_ok,windows_total,units,opening,funded,used,\
             service_credits,refunded,closing\n",
        );
        for line in &self.lines {
            let operator = line.operator.as_deref().unwrap_or_default();
            let counts = [
                line.periods,
                line.windows_ok,
                line.windows_total,
                line.units,
                line.opening.credits,
                line.funded.credits,
                line.used.credits,
                line.service_credits.credits,
                line.refunded.credits,
                line.closing.credits,
            ];
            let counts = counts.map(|one| one.to_string()).join(",");
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{},{},{operator},{counts}", line.kind, line.address);
        }
        text
    }
}

impl fmt::Display for CreditsInvoiceOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Customer", &self.customer)?;
        row(f, "Opening balance", &self.opening.free)?;
        row(f, "  in use", &self.opening.in_use)?;
        row(f, "Deposited", &self.deposited)?;
        row(f, "Bought by card", &self.bought_by_card)?;
        row(f, "Topped up", &self.topped_up)?;
        row(f, "From the insurance", &self.insured)?;
        row(f, "Withdrawn", &self.withdrawn)?;
        row(f, "Reversed", &self.reversed)?;
        row(f, "Used", &self.used)?;
        row(f, "Service credits", &self.service_credits)?;
        row(f, "Closing balance", &self.closing.free)?;
        row(f, "  in use", &self.closing.in_use)?;
        row(f, "  frozen", &self.closing.frozen)?;
        for line in &self.lines {
            let what = match line.kind {
                "lease" => format!(
                    "{}, {} of {} windows good",
                    count(line.periods, "period"),
                    line.windows_ok,
                    line.windows_total
                ),
                _ => count(line.units, "unit"),
            };
            row(f, line.kind, &line.address)?;
            row(f, "  for", what)?;
            row(f, "  used", &line.used)?;
            row(f, "  refunded", &line.refunded)?;
        }
        if !self.complete {
            row(
                f,
                "Incomplete",
                "transactions are missing; ask a node with the whole history",
            )?;
        }
        Ok(())
    }
}

pub async fn run(args: &InvoiceArgs, context: &Context<'_>) -> Result<(), CliError> {
    let wallet = context.wallet_or(args.customer)?;
    let chain = context.chain().await?;
    let account = address::customer(&chain.deployment.network, &wallet);
    let found = history(&chain.rpc, &account, args.to).await?;
    let customer = invoice::Customer { account, wallet };
    let mut invoice = invoice::invoice(&customer, &found.records, &(args.from..args.to));
    invoice.from_the_start &= found.is_whole;
    let output = CreditsInvoiceOutput::new(&wallet, &invoice);
    if args.csv {
        return output::write_stdout(&output.to_csv());
    }
    context.print(&output)
}
