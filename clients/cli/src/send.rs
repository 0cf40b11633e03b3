//! Sending what a command built: show, simulate, sign, show the signature, wait.

use std::fmt;

use serde::Serialize;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use trestle_sdk::{
    cluster::Cluster,
    encoding::string,
    node::NodeClient,
    send::{
        add_signature, sign_partially, transaction_details, unsigned, verify_signatures, Nonce,
        OfflineTerms, Outcome, Prepared, SendError, Sender, Signed, Simulation, TransactionRequest,
    },
};

use crate::{
    config::explorer_cluster,
    context::{Chain, Context, Signers},
    error::{CliError, Kind},
    offline::OfflineText,
    signer::Wallet,
    text::{row, sol},
};

/// What became of a transaction, part of every writing command's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Transaction {
    /// Whether it is on chain. A dry run is not.
    pub committed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
    #[serde(with = "string")]
    pub fee_lamports: u64,
    #[serde(with = "string")]
    pub compute_units: u64,
    /// What the programs logged in a dry run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<String>,
    /// The transaction itself, where it is for others to sign or send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offline: Option<OfflineText>,
    /// Where people can look at it.
    #[serde(skip)]
    pub explorer: Option<String>,
    /// Logs to read events from: of the transaction, or of the simulation where there is none.
    #[serde(skip)]
    pub event_logs: Vec<String>,
}

impl Transaction {
    fn simulated(simulation: Simulation) -> Self {
        Self {
            committed: false,
            signature: None,
            slot: None,
            fee_lamports: simulation.fee_lamports,
            compute_units: simulation.units_consumed,
            event_logs: simulation.logs.clone(),
            logs: simulation.logs,
            offline: None,
            explorer: None,
        }
    }

    fn unsent(offline: OfflineText) -> Self {
        Self {
            committed: false,
            signature: None,
            slot: None,
            fee_lamports: 0,
            compute_units: 0,
            logs: Vec::new(),
            offline: Some(offline),
            explorer: None,
            event_logs: Vec::new(),
        }
    }

    fn landed(signature: String, slot: u64, simulation: &Simulation, cluster: &Cluster) -> Self {
        Self {
            committed: true,
            explorer: explorer_cluster(cluster).map(|cluster| {
                format!("https://explorer.solana.com/tx/{signature}?cluster={cluster}")
            }),
            signature: Some(signature),
            slot: Some(slot.to_string()),
            fee_lamports: simulation.fee_lamports,
            compute_units: simulation.units_consumed,
            logs: Vec::new(),
            offline: None,
            event_logs: simulation.logs.clone(),
        }
    }
}

impl fmt::Display for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(offline) = &self.offline {
            return offline.fmt(f);
        }
        if let Some(signature) = &self.signature {
            row(f, "Signature", signature)?;
        } else {
            row(f, "Committed", "no")?;
        }
        if f.alternate() || !self.committed {
            row(f, "Fee", sol(self.fee_lamports))?;
            row(f, "Compute units", self.compute_units)?;
        }
        if let Some(slot) = self.slot.as_ref().filter(|_| f.alternate()) {
            row(f, "Slot", slot)?;
        }
        if let Some(explorer) = &self.explorer {
            row(f, "Explorer", explorer)?;
        }
        for log in &self.logs {
            writeln!(f, "  | {log}")?;
        }
        Ok(())
    }
}

impl Transaction {
    /// First line of a result, so that nobody takes a dry run for the real thing.
    pub fn fmt_head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.committed {
            return Ok(());
        }
        if self.offline.is_some() {
            return writeln!(
                f,
                "Nothing was sent. This is what the transaction would do:"
            );
        }
        writeln!(f, "Dry run: nothing was sent. This is what would happen:")
    }
}

/// The same for several transactions.
pub fn fmt_head(transactions: &[Transaction], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    transactions.first().map_or(Ok(()), |one| one.fmt_head(f))
}

/// Sends the transactions of one command.
pub struct Submitter<'a> {
    context: &'a Context<'a>,
    chain: &'a Chain,
    signers: &'a Signers,
}

impl<'a> Submitter<'a> {
    /// Says on stderr where to and as whom. `what` completes "… failed".
    pub fn new(context: &'a Context<'a>, chain: &'a Chain, signers: &'a Signers) -> Self {
        let wallet = signers.wallet.address();
        context
            .ui
            .status(format!("Cluster: {}", chain.cluster.url()));
        context.ui.status(format!("Signer:  {wallet}"));
        Self {
            context,
            chain,
            signers,
        }
    }

    pub fn wallet(&self) -> Pubkey {
        self.signers.wallet.address()
    }

    pub fn payer(&self) -> Pubkey {
        let payer = self.signers.fee_payer.as_ref();
        payer.unwrap_or(&self.signers.wallet).address()
    }

    /// Whether this is a dry run, which ends before what needs a transaction to have landed; says
    /// so of `what`.
    pub fn ends_dry_run(&self, what: &str) -> bool {
        let is_dry = self.context.global.dry_run;
        if is_dry {
            let warning = format!("{what} is not tried: it takes what this transaction would do");
            self.context.ui.warning(warning);
        }
        is_dry
    }

    /// Whether the instructions fit into one transaction.
    pub async fn fits(&self, instructions: &[Instruction]) -> bool {
        let request = TransactionRequest::new(self.payer(), instructions.to_vec());
        self.sender().fits(&request).await
    }

    fn sender(&self) -> Sender<'_> {
        Sender::new(&self.chain.rpc, self.chain.send.clone())
    }

    /// `what` names the step in an error: "the deposit".
    pub async fn send(
        &self,
        what: &str,
        instructions: Vec<Instruction>,
    ) -> Result<Transaction, CliError> {
        let failed = |error: CliError| error.because_of(format!("{what} failed"));
        self.try_send(instructions, None).await.map_err(failed)
    }

    /// The same for what an operator agrees to by its node's signature.
    pub async fn send_agreed(
        &self,
        what: &str,
        instructions: Vec<Instruction>,
        node: &NodeClient,
    ) -> Result<Transaction, CliError> {
        let failed = |error: CliError| error.because_of(format!("{what} failed"));
        let sent = self.try_send(instructions, Some(node)).await;
        sent.map_err(failed)
    }

    async fn try_send(
        &self,
        instructions: Vec<Instruction>,
        node: Option<&NodeClient>,
    ) -> Result<Transaction, CliError> {
        let request = TransactionRequest::new(self.payer(), instructions);
        let sender = self.sender();
        if self.context.global.dry_run {
            return Ok(Transaction::simulated(sender.simulate(&request).await?));
        }
        if self.context.global.offline.is_used() {
            return self.try_offline(&request).await;
        }
        let keys = self.keys(&request)?;
        let prepared = sender.prepare(&request).await?;
        if self.context.global.verbose {
            let fee = sol(prepared.simulation.fee_lamports);
            self.context.ui.status(format!("Fee:     {fee}"));
        }
        let signed = match node {
            None => sender.sign(&prepared, &keys)?,
            Some(node) => self.sign_with(node, &prepared, &keys).await?,
        };
        submit(self.context, self.chain, &signed, &prepared.simulation).await
    }

    /// Signs, and has the node add its signature to the same message.
    async fn sign_with(
        &self,
        node: &NodeClient,
        prepared: &Prepared,
        keys: &[&dyn Signer],
    ) -> Result<Signed, CliError> {
        let mut transaction = unsigned(prepared);
        sign_partially(&mut transaction, keys).map_err(SendError::from)?;
        let wallet = self.signers.wallet.key()?;
        let agreed = node.sign_commitment(wallet, &transaction).await?;
        Ok(self.sender().complete(prepared, agreed)?)
    }

    /// With a blockhash or nonce that was given, and signatures from elsewhere.
    async fn try_offline(&self, request: &TransactionRequest) -> Result<Transaction, CliError> {
        let (global, rpc) = (&self.context.global, &self.chain.rpc);
        let args = &global.offline;
        let (latest, last_valid) = match args.blockhash()? {
            Some(given) if args.is_for_others() => (given, 0),
            _ => {
                rpc.get_latest_blockhash_with_commitment(rpc.commitment())
                    .await?
            }
        };
        let authority = self.signers.nonce_authority.as_ref();
        let authority = authority.unwrap_or(&self.signers.wallet).address();
        let mut transaction = request.offline(&OfflineTerms {
            blockhash: args.blockhash()?.unwrap_or(latest),
            nonce: args.nonce.map(|account| Nonce { account, authority }),
            unit_limit: global.with_compute_unit_limit,
            unit_price: global.with_compute_unit_price,
        })?;
        for given in &args.signatures {
            if let Err(why) = add_signature(&mut transaction, &given.key, &given.signature) {
                self.context
                    .ui
                    .warning(format!("{why}: is it of this transaction?"));
            }
        }
        let wallets = std::iter::once(&self.signers.wallet).chain(self.signers.others());
        for wallet in wallets {
            if let (Wallet::Key(key), true) = (wallet, awaits(&transaction, &wallet.address())) {
                sign_partially(&mut transaction, &[key])?;
            }
        }
        if args.is_for_others() {
            return Ok(Transaction::unsent(args.text(&transaction)?));
        }
        verify_signatures(&transaction)?;
        // A nonce keeps until it is advanced: such a transaction does not expire.
        let last_valid_block_height = args.nonce.map_or(last_valid, |_| u64::MAX);
        let signed = Signed {
            transaction,
            last_valid_block_height,
        };
        submit(self.context, self.chain, &signed, &Simulation::default()).await
    }

    /// The keys that the transaction needs, each once.
    fn keys(&self, request: &TransactionRequest) -> Result<Vec<&dyn Signer>, CliError> {
        let wallet = &self.signers.wallet;
        let signs = |address: &Pubkey| {
            let metas = request.instructions.iter().flat_map(|one| &one.accounts);
            request.payer == *address
                || metas
                    .into_iter()
                    .any(|meta| meta.is_signer && meta.pubkey == *address)
        };
        let mut keys: Vec<&dyn Signer> = Vec::new();
        if signs(&wallet.address()) {
            keys.push(wallet.key()?);
        }
        let others = self.signers.others();
        let mut known = vec![wallet.address()];
        for other in others {
            let address = other.address();
            if signs(&address) && !known.contains(&address) {
                keys.push(other.key()?);
                known.push(address);
            }
        }
        Ok(keys)
    }
}

/// Whether the transaction still lacks this signer's signature.
fn awaits(transaction: &VersionedTransaction, address: &Pubkey) -> bool {
    trestle_sdk::send::signers(transaction).1.contains(address)
}

/// Shows the signature, submits, and waits until it is known what became of it.
pub async fn submit(
    context: &Context<'_>,
    chain: &Chain,
    signed: &Signed,
    simulation: &Simulation,
) -> Result<Transaction, CliError> {
    let signature = signed.signature();
    context.ui.status(format!("Signature: {signature}"));
    let spinner = context.ui.spinner("waiting until it lands");
    let sender = Sender::new(&chain.rpc, chain.send.clone());
    let outcome = sender.submit_and_resolve(signed).await;
    spinner.finish_and_clear();
    let mut landed = judge(chain, signed, simulation, outcome)?;
    if let Some(details) = transaction_details(&chain.rpc, &signature).await {
        landed.fee_lamports = details.fee_lamports;
        landed.compute_units = details.units_consumed;
        landed.event_logs = details.logs;
    }
    Ok(landed)
}

fn judge(
    chain: &Chain,
    signed: &Signed,
    simulation: &Simulation,
    outcome: Outcome,
) -> Result<Transaction, CliError> {
    let signature = signed.signature().to_string();
    match outcome {
        Outcome::Landed { slot } => Ok(Transaction::landed(
            signature,
            slot,
            simulation,
            &chain.cluster,
        )),
        Outcome::Failed { error, logs, .. } => Err(CliError::from(error).logs(logs)),
        Outcome::Expired => {
            let message = format!("transaction {signature} expired before it landed");
            Err(CliError::new(Kind::Unresolved, "expired", message)
                .hint("nothing happened: run the command again"))
        }
        Outcome::Unknown { reason } => {
            let message = format!("nobody can say what became of {signature}: {reason}");
            let hint = format!("look it up before you repeat: solana confirm -v {signature}");
            Err(CliError::new(Kind::Unresolved, "unknown-outcome", message).hint(hint))
        }
    }
}
