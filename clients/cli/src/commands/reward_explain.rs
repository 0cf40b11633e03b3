//! `trestle reward explain`: every term of an operator's pay in words.

use std::fmt;

use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_sdk::amount::STABLE_DECIMALS;
use trestle_verify::storage::{Explanation, Verdict};

use crate::{
    context::STABLE_SYMBOL,
    text::{percent, row, TokenText},
};

/// `reward explain`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainOutput {
    /// Whether the recomputed root is the final one on chain.
    pub on_chain: bool,
    pub decimals: u8,
    pub symbol: String,
    #[serde(flatten)]
    pub explanation: Explanation,
}

impl ExplainOutput {
    fn tokens(&self, amount: u64) -> TokenText {
        TokenText::new(amount, self.decimals, &self.symbol)
    }

    fn fmt_pay(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Explanation {
            allotted,
            before,
            terms,
            after,
            ..
        } = &self.explanation;
        writeln!(f, "\nPay")?;
        row(f, "  to be shared", self.tokens(allotted.tokens))?;
        row(
            f,
            "  work",
            format!("{} KiB kept without a fault", terms.units),
        )?;
        if terms.active_stake < terms.min_stake {
            let (has, needs) = (
                self.tokens(terms.active_stake),
                self.tokens(terms.min_stake),
            );
            row(
                f,
                "  stake",
                format!("{has} active, below {needs}: the work does not count"),
            )?;
        }
        row(
            f,
            "  share",
            format!("{} of {}", terms.weight, terms.weight_total),
        )?;
        row(f, "  this epoch", self.tokens(terms.tokens))?;
        row(f, "  before", self.tokens(before.tokens))?;
        row(f, "  after", self.tokens(after.tokens))?;
        self.fmt_stable(f)
    }

    /// The same share of the stablecoin, which most epochs have none of.
    fn fmt_stable(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = &self.explanation;
        if one.allotted.stable == 0 && one.after.stable == 0 {
            return Ok(());
        }
        let dollars = |amount| TokenText::new(amount, STABLE_DECIMALS, STABLE_SYMBOL);
        writeln!(f, "\nPay in stablecoin")?;
        row(f, "  to be shared", dollars(one.allotted.stable))?;
        row(f, "  this epoch", dollars(one.terms.stable))?;
        row(f, "  before", dollars(one.before.stable))?;
        row(f, "  after", dollars(one.after.stable))
    }

    fn fmt_faults(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let terms = &self.explanation.terms;
        writeln!(f, "\nFaults")?;
        let windows = format!(
            "{} of {} without a fault",
            terms.windows_ok, terms.windows_total
        );
        row(f, "  commitments", windows)?;
        let asked = format!(
            "{}, {} missed, {} lost",
            terms.challenges, terms.missed, terms.lost
        );
        row(f, "  challenges", asked)?;
        let rates = format!(
            "{}, of which the zone explains {}",
            percent(terms.miss_rate_bps),
            percent(terms.zone_rate_bps)
        );
        row(f, "  missed", rates)?;
        row(f, "  verdict", verdict(terms.verdict))?;
        if terms.active_stake != terms.stake {
            let (stake, active) = (self.tokens(terms.stake), self.tokens(terms.active_stake));
            row(
                f,
                "  at stake",
                format!("{stake}, of which {active} active"),
            )?;
        }
        row(f, "  slashed", self.tokens(terms.slashed))
    }

    fn fmt_proof(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = &self.explanation;
        writeln!(f, "\nProof")?;
        row(f, "  leaf", format!("{} of {}", one.index, one.leaf_count))?;
        for hash in &one.proof {
            row(f, "  sibling", hex::encode(hash))?;
        }
        row(f, "  root", hex::encode(one.tree_root))?;
        row(f, "  digest", hex::encode(one.digest))?;
        let chain = if self.on_chain {
            "holds this root"
        } else {
            "holds no root of this epoch any more, or not yet"
        };
        row(f, "  chain", chain)
    }
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Idle => "idle: nothing was asked",
        Verdict::Clean => "clean: every challenge was answered",
        Verdict::Excused => "excused: it missed no more than its zone",
        Verdict::Maintenance => {
            "in maintenance that it declared ahead: no pay for misses, no slash"
        }
        Verdict::FirstMiss => "first epoch with misses: no pay for them, no slash",
        Verdict::RepeatedMiss => "misses again: slashed",
        Verdict::Lost => "data was proven lost: slashed",
    }
}

impl fmt::Display for ExplainOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = &self.explanation;
        let operator = Pubkey::new_from_array(one.terms.operator);
        row(f, "Operator", operator)?;
        row(f, "Epoch", one.epoch)?;
        row(f, "Rules", format!("version {}", one.rules_version))?;
        self.fmt_pay(f)?;
        self.fmt_faults(f)?;
        self.fmt_proof(f)
    }
}
