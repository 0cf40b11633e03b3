//! `trestle lease renew` and `trestle lease transfer`: what operators agree to by their node's
//! signature.

use std::{fs, path::Path};

use clap::Args;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use trestle_proofs::state::NEVER;
use trestle_sdk::{
    address,
    clearance::Gate,
    fetch::{self, Commitment, Lease, Operator},
    instruction::{
        credits::{lease_renew, lease_transfer, LeaseParties, LeaseTerms, RenewalConsent},
        proofs::{commitment_end, commitment_register, CommitmentParties},
    },
    node::{http_client, Health, NodeClient},
    store::{copy_shard, ShardCopy},
};

use super::{
    lease::find,
    lease_output::{LeaseAction, LeaseOutput, LeaseWriteOutput},
    store::manifests,
};
use crate::{
    config::files_folder,
    context::{Chain, Context, Signers},
    error::CliError,
    send::{Submitter, Transaction},
};

#[derive(Debug, Args)]
pub struct RenewArgs {
    /// Commitment, or the lease itself
    pub commitment: Pubkey,
    /// Epochs to add
    #[arg(long, value_name = "COUNT")]
    pub epochs: u64,
    /// Credits an epoch to pay at most [default: what the lease costs now]
    #[arg(long, value_name = "CREDITS")]
    pub rate_max: Option<u64>,
}

#[derive(Debug, Args)]
pub struct TransferArgs {
    /// Commitment, or the lease itself
    pub commitment: Pubkey,
    /// Operator to go to, or its wallet
    #[arg(long, value_name = "ADDRESS")]
    pub to: Pubkey,
    /// Epochs of the new lease [default: those that the old one has left]
    #[arg(long, value_name = "COUNT")]
    pub epochs: Option<u64>,
    /// Credits an epoch to pay at most [default: what the lease costs now]
    #[arg(long, value_name = "CREDITS")]
    pub rate_max: Option<u64>,
}

/// An operator with its node, which answers.
pub(super) struct Host {
    pub(super) address: Pubkey,
    pub(super) operator: Operator,
    pub(super) node: NodeClient,
    pub(super) health: Health,
}

impl Host {
    pub(super) async fn new(address: Pubkey, operator: Operator) -> Result<Self, CliError> {
        let endpoint = operator.endpoint_str();
        let node = NodeClient::new(http_client()?, endpoint, operator.node_key)?;
        let health = node.health().await?;
        if health.operator != address || health.node_key != operator.node_key {
            let message = format!("{endpoint} is the node of another operator");
            return Err(CliError::failed("wrong-node", message)
                .hint("tell the operator: its registered endpoint is wrong"));
        }
        Ok(Self {
            address,
            operator,
            node,
            health,
        })
    }

    /// Credits an epoch that it asks, if that is not more than `most`.
    fn rate(&self, size_bytes: u64, most: u64) -> Result<u64, CliError> {
        let rate = self.health.terms.rate(size_bytes);
        if rate > most {
            let message = format!("the operator asks {rate} credits an epoch, {most} are allowed");
            return Err(CliError::failed("too-dear", message)
                .hint(format!("agree to its price by --rate-max {rate}")));
        }
        Ok(rate)
    }
}

/// Credits that the last epoch of a lease costs.
fn current_rate(lease: &Lease) -> u64 {
    if lease.renewed_epoch > 0 {
        lease.renewed_rate
    } else {
        lease.rate_per_epoch
    }
}

pub(super) async fn renew(
    args: &RenewArgs,
    context: &Context<'_>,
) -> Result<LeaseWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let (address, lease) = find(&chain, &args.commitment).await?;
    let operator: Operator = fetch::fetch(&chain.rpc, &lease.operator).await?;
    let submitter = Submitter::new(context, &chain, &signers);
    let gate = Gate::read(&chain.rpc, &lease.network, &lease.service).await?;
    let customer = submitter.wallet();
    let admission = gate.admission(&chain.rpc, &operator.authority, &customer);
    let parties = LeaseParties {
        customer,
        node_key: operator.node_key,
        network: lease.network,
        service: lease.service,
        operator: lease.operator,
        commitment: lease.commitment,
        admission: admission.await?,
    };
    let most = args.rate_max.unwrap_or_else(|| current_rate(&lease));
    let what = "renewing the lease";
    let (granted, at) = (lease.renewal_epochs, lease.renewal_rate);
    let transaction = if args.epochs <= granted && at <= most {
        let by_option = lease_renew(&parties, args.epochs, at, RenewalConsent::Option);
        submitter.send(what, vec![by_option]).await?
    } else {
        let commitment: Commitment = fetch::fetch(&chain.rpc, &lease.commitment).await?;
        let host = Host::new(lease.operator, operator).await?;
        let rate = host.rate(commitment.size_bytes, most)?;
        let by_node = lease_renew(&parties, args.epochs, rate, RenewalConsent::Node);
        let instructions = vec![by_node];
        submitter
            .send_agreed(what, instructions, &host.node)
            .await?
    };
    let after: Lease = fetch::fetch(&chain.rpc, &address).await?;
    Ok(LeaseWriteOutput {
        commitment: lease.commitment.to_string(),
        action: LeaseAction::Renew,
        epochs: Vec::new(),
        settlements: Vec::new(),
        lease: Some(LeaseOutput::new(&address, &after)),
        transactions: vec![transaction],
    })
}

/// Brings the shard of a commitment to another operator, whose node signs only for what it has.
pub(super) async fn copy_to(
    to: &Host,
    (address, commitment): (&Pubkey, &Commitment),
    chain: &Chain,
    signers: &Signers,
    context: &Context<'_>,
) -> Result<(), CliError> {
    let operator: Operator = fetch::fetch(&chain.rpc, &commitment.operator).await?;
    let from = Host::new(commitment.operator, operator).await?;
    let folder = files_folder()?;
    fs::create_dir_all(&folder)?;
    let scratch = folder.join(format!("{address}.shard"));
    let copy = ShardCopy {
        root: commitment.root,
        size_bytes: commitment.size_bytes,
        from: &from.node,
        to: &to.node,
    };
    let spinner = context.ui.spinner("copying the shard");
    let copied = copy_shard(signers.wallet.key()?, &copy, &scratch).await;
    spinner.finish_and_clear();
    remove(&scratch)?;
    Ok(copied?)
}

/// A move from one operator to another.
struct Move<'a> {
    chain: &'a Chain,
    signers: &'a Signers,
    old: Lease,
    commitment: Commitment,
    to: Host,
    terms: LeaseTerms,
}

pub(super) async fn transfer(
    args: &TransferArgs,
    context: &Context<'_>,
) -> Result<LeaseWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let (old_address, old) = find(&chain, &args.commitment).await?;
    let commitment: Commitment = fetch::fetch(&chain.rpc, &old.commitment).await?;
    let (address, operator) = chain.operator(&args.to).await?;
    let to = Host::new(address, operator).await?;
    let most = args.rate_max.unwrap_or_else(|| current_rate(&old));
    let rate = to.rate(commitment.size_bytes, most)?;
    let left = old.end_epoch.saturating_sub(chain.view().await?.epoch);
    let moved = Move {
        terms: terms(&old, &to, args.epochs.unwrap_or(left.max(1)), rate),
        chain: &chain,
        signers: &signers,
        old,
        commitment,
        to,
    };
    let submitter = Submitter::new(context, &chain, &signers);
    if !context.global.dry_run {
        moved.copy(context).await?;
    }
    let instructions = moved.instructions(submitter.wallet(), &old_address).await?;
    let what = "transferring the lease";
    let sent = submitter.send_agreed(what, instructions, &moved.to.node);
    let mut transactions = vec![sent.await?];
    if !context.global.dry_run {
        moved.note(context)?;
        transactions.extend(moved.release(&submitter).await?);
    }
    moved.output(transactions).await
}

/// The terms of the old lease, as far as the new operator grants renewals.
fn terms(old: &Lease, to: &Host, epochs: u64, rate_per_epoch: u64) -> LeaseTerms {
    let renewal_epochs = old.renewal_epochs.min(to.health.terms.renewal_epochs_max);
    LeaseTerms {
        rate_per_epoch,
        epochs,
        period_epochs: old.period_epochs,
        sla_bps: old.sla_bps,
        credit_bps: old.credit_bps,
        deeper_steps: old.deeper_steps,
        credit_cap_bps: old.credit_cap_bps,
        notice_epochs: old.notice_epochs,
        renewal_epochs,
        renewal_rate: if renewal_epochs > 0 {
            rate_per_epoch
        } else {
            0
        },
    }
}

impl Move<'_> {
    async fn copy(&self, context: &Context<'_>) -> Result<(), CliError> {
        let shard = (&self.old.commitment, &self.commitment);
        copy_to(&self.to, shard, self.chain, self.signers, context).await
    }

    async fn instructions(
        &self,
        customer: Pubkey,
        old_lease: &Pubkey,
    ) -> Result<Vec<Instruction>, CliError> {
        let rpc = &self.chain.rpc;
        let Lease {
            network, service, ..
        } = self.old;
        let gate = Gate::read(rpc, &network, &service).await?;
        let wallet = &self.to.operator.authority;
        let admission = gate.admission(rpc, wallet, &customer).await?;
        let (operator, node_key) = (self.to.address, self.to.operator.node_key);
        let registered = CommitmentParties {
            customer,
            node_key,
            network,
            service,
            operator,
            admission,
        };
        let Commitment {
            root, size_bytes, ..
        } = self.commitment;
        Ok(vec![
            commitment_register(&registered, root, size_bytes),
            lease_transfer(&registered.lease(&root), old_lease, self.terms),
        ])
    }

    fn new_commitment(&self) -> Pubkey {
        address::commitment(&self.to.address, &self.commitment.root)
    }

    /// Writes into the file's manifest, if it is kept here, who has the shard now.
    fn note(&self, context: &Context<'_>) -> Result<(), CliError> {
        for (path, mut manifest) in manifests(&files_folder()?)? {
            let mut shards = manifest.shards.iter_mut();
            let held = shards.find(|shard| shard.commitment() == Some(self.old.commitment));
            if let Some(shard) = held {
                shard.operator = Some(self.to.address);
                shard.rate = self.terms.rate_per_epoch;
                shard.transaction = None;
                manifest.write(&path)?;
                let path = path.display();
                context.ui.status(format!("Manifest: {path}"));
            }
        }
        Ok(())
    }

    /// Ends the old commitment where no notice pays for it any longer.
    async fn release(&self, submitter: &Submitter<'_>) -> Result<Option<Transaction>, CliError> {
        if self.old.notice_epochs > 0 || self.commitment.ended_epoch != NEVER {
            return Ok(None);
        }
        let old = &self.old;
        let (network, service) = (&old.network, &old.service);
        let party = submitter.wallet();
        let end = commitment_end(&party, network, service, &old.operator, &old.commitment);
        let sent = submitter
            .send("ending the old commitment", vec![end])
            .await?;
        Ok(Some(sent))
    }

    async fn output(&self, transactions: Vec<Transaction>) -> Result<LeaseWriteOutput, CliError> {
        let commitment = self.new_commitment();
        let address = address::lease(&commitment);
        // A dry run leaves none.
        let lease: Option<Lease> = fetch::fetch_optional(&self.chain.rpc, &address).await?;
        Ok(LeaseWriteOutput {
            commitment: commitment.to_string(),
            action: LeaseAction::Transfer,
            epochs: Vec::new(),
            settlements: Vec::new(),
            lease: lease.map(|lease| LeaseOutput::new(&address, &lease)),
            transactions,
        })
    }
}

fn remove(scratch: &Path) -> Result<(), CliError> {
    match fs::remove_file(scratch) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
