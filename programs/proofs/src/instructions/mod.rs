//! One file for each instruction: what it promises, its accounts, its verb.

mod commitment_close;
mod commitment_end;
mod commitment_register;
mod dispute_open;
mod dispute_resolve;
mod dispute_vote;
mod epoch_attest;
mod epoch_challenge_counters;
mod epoch_challenge_loss;
mod epoch_challenge_omitted;
mod epoch_challenge_opening;
mod epoch_challenge_order;
mod epoch_challenge_signature;
mod epoch_challenge_slash;
mod epoch_challenge_totals;
mod epoch_finalize;
mod epoch_propose;
mod epoch_seed_record;
mod proposal_close;
mod round_close;
mod service_escape;
mod service_open;

pub use {
    commitment_close::*, commitment_end::*, commitment_register::*, dispute_open::*,
    dispute_resolve::*, dispute_vote::*, epoch_attest::*, epoch_challenge_counters::*,
    epoch_challenge_loss::*, epoch_challenge_omitted::*, epoch_challenge_opening::*,
    epoch_challenge_order::*, epoch_challenge_signature::*, epoch_challenge_slash::*,
    epoch_challenge_totals::*, epoch_finalize::*, epoch_propose::*, epoch_seed_record::*,
    proposal_close::*, round_close::*, service_escape::*, service_open::*,
};
