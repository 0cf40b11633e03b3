//! Agreements: the node signs what it is ready to keep.

use super::{
    body::{drain, expects_word, read_small},
    fail,
    shards::folder_error,
    state::chain_error,
    Shared,
};
use crate::{
    agreement::{decode, examine, Agreement, AgreementError, LeaseOffer, Parties},
    auth::clock::unix_now,
    chain::{Freshness, OperatorView},
    error::{ApiError, ErrorKind},
    renewals::{Renewal, RenewalBounds, RenewalError},
    settings::Terms,
    store::{is_owner, Entry, Root},
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::request::Parts,
    response::{IntoResponse, Response},
    Json,
};
use serde::{Deserialize, Serialize};
use solana_pubkey::Pubkey;
use std::sync::Arc;
use trestle_core::math::mul_div_ceil;
use trestle_sdk::send::{encode_transaction, sign_partially};

/// Bytes that the price of a GiB is for.
const GIB: u64 = 1 << 30;

/// A transaction in base64, there and back.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SignBody {
    /// Legacy or v0, in base64.
    pub transaction: String,
}

pub(super) async fn sign(State(state): State<Shared>, request: Request) -> Response {
    let (parts, mut body) = request.into_parts();
    match agree(&state, &parts, &mut body).await {
        Ok(signed) => Json(signed).into_response(),
        Err(error) => {
            if !expects_word(&parts.headers) {
                drain(body).await;
            }
            fail(&state, error)
        }
    }
}

async fn agree(state: &Shared, parts: &Parts, body: &mut Body) -> Result<SignBody, ApiError> {
    let signed = state.auth.verify(parts)?;
    state.require_customer(&signed.key).await?;
    state.auth.admit(&signed).await?;
    let operator = state.operator().await?;
    let bytes = read_small(body, &state.settings.limits, &signed.digest).await?;
    let request: SignBody = serde_json::from_slice(&bytes)
        .map_err(|error| ApiError::new(ErrorKind::BodyMalformed, error.to_string()))?;
    let mut transaction = decode(&request.transaction).map_err(agreement_error)?;
    let parties = Parties {
        customer: signed.key,
        node_key: state.node_key(),
        network: operator.network,
        service: operator.service,
        operator: operator.address,
    };
    let agreement = examine(&transaction, &parties).map_err(agreement_error)?;
    let roots = check(state, &agreement, &operator, &signed.key).await?;
    hold(state, roots).await?;
    count_renewals(state, &agreement, &operator, &signed.key).await?;
    sign_partially(&mut transaction, &[&state.key])
        .map_err(|error| ApiError::internal("signing an agreement", &error))?;
    let transaction = encode_transaction(&transaction)
        .map_err(|error| ApiError::internal("signing an agreement", &error))?;
    state.metrics.agreements_signed.inc();
    tracing::info!(customer = %signed.key, ?agreement, "agreement signed");
    Ok(SignBody { transaction })
}

/// Checks every registration, lease and renewal against what is stored and asked; says of which
/// shards.
async fn check(
    state: &Shared,
    agreement: &Agreement,
    operator: &OperatorView,
    customer: &Pubkey,
) -> Result<Vec<Root>, ApiError> {
    let terms = &state.settings.terms;
    let mut roots = Vec::new();
    for registration in &agreement.registrations {
        let root = Root(registration.root);
        let entry = stored(state, &root, customer)?;
        if entry.size_bytes != registration.size_bytes {
            let message = format!("shard {root} has {} bytes", entry.size_bytes);
            return Err(ApiError::new(ErrorKind::TransactionRefused, message));
        }
        let paid = |lease: &LeaseOffer| lease.commitment == registration.commitment;
        if terms.lease_required && !agreement.leases.iter().any(paid) {
            let message = "the transaction opens no lease for what it registers";
            return Err(ApiError::new(ErrorKind::TermsRefused, message));
        }
        roots.push(root);
    }
    for lease in &agreement.leases {
        let root = root_of(state, agreement, lease, operator, customer).await?;
        let entry = stored(state, &root, customer)?;
        check_terms(terms, lease, entry.size_bytes)?;
        roots.push(root);
    }
    for renewal in &agreement.renewals {
        let root = root_on_chain(state, &renewal.commitment, operator, customer).await?;
        let entry = stored(state, &root, customer)?;
        check_rate(terms, renewal.rate_per_epoch, entry.size_bytes)?;
        roots.push(root);
    }
    Ok(roots)
}

/// Counts the renewals as signed, or refuses those after which the node would be bound for longer
/// than it wants to be. The level of service was agreed on when the lease was opened.
async fn count_renewals(
    state: &Shared,
    agreement: &Agreement,
    operator: &OperatorView,
    customer: &Pubkey,
) -> Result<(), ApiError> {
    if agreement.renewals.is_empty() {
        return Ok(());
    }
    let now = state.chain.epoch_now(&operator.network).await;
    let epoch = now.map_err(chain_error)?;
    let mut asked = Vec::new();
    for renewal in &agreement.renewals {
        let commitment = renewal.commitment;
        let found = state.chain.lease(&commitment, Freshness::Now).await;
        let ours = found
            .map_err(chain_error)?
            .filter(|lease| lease.operator == operator.address && lease.customer == *customer);
        let lease = ours.ok_or_else(|| {
            let message = format!("no lease of these two pays for {commitment}");
            ApiError::new(ErrorKind::LeaseUnknown, message)
        })?;
        asked.push(Renewal {
            commitment,
            end_epoch: lease.end_epoch,
            epochs: renewal.epochs,
        });
    }
    let bounds = RenewalBounds {
        epoch,
        most: state.settings.terms.epochs_max,
        now: unix_now(),
    };
    state.renewals.sign(&asked, bounds).map_err(renewal_error)
}

/// The root of a leased commitment: registered in the same transaction, or on the chain.
async fn root_of(
    state: &Shared,
    agreement: &Agreement,
    lease: &LeaseOffer,
    operator: &OperatorView,
    customer: &Pubkey,
) -> Result<Root, ApiError> {
    let mut registrations = agreement.registrations.iter();
    if let Some(found) = registrations.find(|found| found.commitment == lease.commitment) {
        return Ok(Root(found.root));
    }
    root_on_chain(state, &lease.commitment, operator, customer).await
}

/// The root of a commitment of these two on the chain.
async fn root_on_chain(
    state: &Shared,
    commitment: &Pubkey,
    operator: &OperatorView,
    customer: &Pubkey,
) -> Result<Root, ApiError> {
    let found = state.chain.commitment(commitment, Freshness::Now).await;
    let ours = found.map_err(chain_error)?.filter(|commitment| {
        commitment.operator == operator.address && commitment.customer == *customer
    });
    ours.map(|commitment| Root(commitment.root)).ok_or_else(|| {
        let message = format!("{commitment} is no commitment of these two");
        ApiError::new(ErrorKind::CommitmentUnknown, message)
    })
}

fn stored(state: &Shared, root: &Root, customer: &Pubkey) -> Result<Entry, ApiError> {
    let entry = state.store.index().get(root).ok_or_else(|| {
        ApiError::new(
            ErrorKind::ShardUnknown,
            format!("shard {root} is not stored here"),
        )
    })?;
    if !is_owner(&entry, customer) {
        let message = format!("shard {root} belongs to another customer");
        return Err(ApiError::new(ErrorKind::ShardForeign, message));
    }
    Ok(entry)
}

fn check_rate(terms: &Terms, offered: u64, size_bytes: u64) -> Result<(), ApiError> {
    let asked = asked_rate(terms, size_bytes);
    if offered < asked {
        let message = format!("{offered} credits an epoch are offered, {asked} are asked");
        return Err(ApiError::new(ErrorKind::TermsRefused, message));
    }
    Ok(())
}

fn check_terms(terms: &Terms, lease: &LeaseOffer, size_bytes: u64) -> Result<(), ApiError> {
    let refused = |message: String| Err(ApiError::new(ErrorKind::TermsRefused, message));
    let offer = &lease.terms;
    check_rate(terms, offer.rate_per_epoch, size_bytes)?;
    let asked = asked_rate(terms, size_bytes);
    if !(terms.epochs_min..=terms.epochs_max).contains(&offer.epochs) {
        let (least, most) = (terms.epochs_min, terms.epochs_max);
        return refused(format!(
            "the term is {} epochs, not {least} to {most}",
            offer.epochs
        ));
    }
    let deeper = offer.deeper_steps.iter().map(|step| step.credit_bps);
    let credit_bps = deeper.fold(offer.credit_bps, u16::max);
    if offer.sla_bps > terms.sla_bps_max || credit_bps > terms.credit_bps_max {
        let (level, credit) = (terms.sla_bps_max, terms.credit_bps_max);
        return refused(format!(
            "at most service level {level} and credit {credit} bps"
        ));
    }
    if offer.notice_epochs < terms.notice_epochs_min {
        let least = terms.notice_epochs_min;
        return refused(format!("a notice of {least} epochs is asked"));
    }
    let grants = offer.renewal_epochs > 0;
    if offer.renewal_epochs > terms.renewal_epochs_max || (grants && offer.renewal_rate < asked) {
        let most = terms.renewal_epochs_max;
        return refused(format!(
            "a renewal is granted for {most} epochs at most, each at {asked} credits or more"
        ));
    }
    Ok(())
}

/// Credits an epoch that the node asks for a shard of this size.
fn asked_rate(terms: &Terms, size_bytes: u64) -> u64 {
    // Out of range means: more than anybody can pay.
    let rate = mul_div_ceil(size_bytes, terms.credits_per_gib_epoch, GIB).unwrap_or(u64::MAX);
    rate.max(terms.rate_min)
}

/// Checks that the shards are whole and keeps them from being removed while the transaction can
/// still land, durably: a node that restarts must not forget what it has signed.
async fn hold(state: &Shared, roots: Vec<Root>) -> Result<(), ApiError> {
    let store = Arc::clone(&state.store);
    let now = unix_now();
    let held = tokio::task::spawn_blocking(move || {
        roots
            .iter()
            .try_fold(true, |whole, root| Ok(whole && store.hold(root, now)?))
    });
    match held
        .await
        .map_err(|error| ApiError::internal("holding a shard", &error))?
    {
        Ok(true) => Ok(()),
        Ok(false) => Err(ApiError::new(
            ErrorKind::ShardLost,
            "the node does not have the whole shard any more",
        )),
        Err(error) => Err(folder_error(&error)),
    }
}

fn renewal_error(error: RenewalError) -> ApiError {
    let kind = match error {
        RenewalError::TooLong { .. } | RenewalError::Empty => ErrorKind::TermsRefused,
        RenewalError::Full => ErrorKind::Busy,
    };
    ApiError::new(kind, error.to_string())
}

fn agreement_error(error: AgreementError) -> ApiError {
    let kind = match error {
        AgreementError::Wire(_)
        | AgreementError::NotCanonical
        | AgreementError::Version
        | AgreementError::LookupTables => ErrorKind::TransactionMalformed,
        AgreementError::NodeRole | AgreementError::Instruction(_) | AgreementError::Empty => {
            ErrorKind::TransactionRefused
        }
    };
    ApiError::new(kind, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_asked_rate_is_rounded_up_and_has_a_floor() {
        let terms = Terms {
            credits_per_gib_epoch: 10,
            rate_min: 3,
            ..Terms::default()
        };
        assert_eq!(asked_rate(&terms, 1), 3);
        assert_eq!(asked_rate(&terms, GIB), 10);
        assert_eq!(asked_rate(&terms, GIB + 1), 11);
        assert_eq!(
            asked_rate(
                &Terms {
                    credits_per_gib_epoch: u64::MAX,
                    ..terms
                },
                u64::MAX
            ),
            u64::MAX
        );
    }

    proptest! {
        /// Customers compute the rate with the SDK: it must be what the node accepts.
        #[test]
        fn the_sdk_offers_what_the_node_asks(price: u64, rate_min: u64, size in 0..=1_u64 << 36) {
            let ours = Terms { credits_per_gib_epoch: price, rate_min, ..Terms::default() };
            let theirs = trestle_sdk::node::Terms {
                credits_per_gib_epoch: price,
                rate_min,
                epochs_min: 1,
                epochs_max: 1,
                sla_bps_max: 0,
                credit_bps_max: 0,
                notice_epochs_min: 0,
                renewal_epochs_max: 0,
            };
            prop_assert_eq!(asked_rate(&ours, size), theirs.rate(size));
        }
    }
}
