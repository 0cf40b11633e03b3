//! `trestle store`: store files and get them back. The work is `trestle_sdk::store`'s.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{Args, Subcommand};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use trestle_sdk::{
    node::http_client,
    send::Sender,
    store::{
        get, put, verify, Library, Manifest, ManifestPaths, PutOptions, StoreContext,
        DEFAULT_DATA_SHARDS, DEFAULT_TOTAL_SHARDS,
    },
};

use crate::{
    config::files_folder,
    context::{Chain, Context, Signers},
    error::CliError,
    store_progress::Progress,
};

use super::lease_terms::LeaseTermsArgs;

pub use super::store_output::{
    FileText, ShardCheckText, ShardText, StoreGetOutput, StoreListOutput, StorePutOutput,
    StoreVerifyOutput,
};

#[derive(Debug, Subcommand)]
pub enum StoreCommand {
    /// Encrypt a file, cut it into shards and store each with another operator
    ///
    /// Run the same command again after a failure: it continues where it stopped and pays for
    /// nothing twice. Keep the manifest and its key: without them nobody can read the file.
    #[command(after_help = "Example: trestle store put photos.tar --epochs 30")]
    Put(PutArgs),
    /// Bring a file back from any sufficient number of shards, and check it
    #[command(after_help = "Example: trestle store get photos.tar --to restored.tar")]
    Get {
        /// Name or id of a stored file, or path of its manifest
        name: String,
        /// Where to put the file
        #[arg(long, value_name = "PATH")]
        to: PathBuf,
    },
    /// List the files whose manifests are kept here
    Ls,
    /// Download and check every shard without keeping it
    Verify {
        /// Name or id of a stored file, or path of its manifest
        name: String,
    },
}

#[derive(Debug, Args)]
pub struct PutArgs {
    /// File to store
    pub file: PathBuf,
    /// Shards that are enough to bring the file back
    #[arg(long, value_name = "COUNT", default_value_t = DEFAULT_DATA_SHARDS)]
    pub data: u16,
    /// Shards in all, each with another operator
    #[arg(long, value_name = "COUNT", default_value_t = DEFAULT_TOTAL_SHARDS)]
    pub total: u16,
    #[command(flatten)]
    pub terms: LeaseTermsArgs,
    /// Epochs by which you may renew at the same price without asking the operators again
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub renewal_epochs: u64,
    /// Credits an epoch that one shard may cost at most
    #[arg(long, value_name = "CREDITS")]
    pub rate_max: Option<u64>,
    /// Lease group that pays for all shards, by its own terms
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = [
        "epochs", "period_epochs", "sla_bps", "credit_bps", "sla_steps", "credit_cap_bps",
        "notice_epochs", "renewal_epochs",
    ])]
    pub group: Option<Pubkey>,
    /// Where to keep the manifest; the key goes beside it [default: a folder of the user's]
    #[arg(long, value_name = "PATH")]
    pub manifest: Option<PathBuf>,
}

pub async fn run(command: &StoreCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        StoreCommand::Put(args) => context.print(&store(args, context).await?),
        StoreCommand::Get { name, to } => context.print(&restore(name, to, context).await?),
        StoreCommand::Ls => context.print(&list(&files_folder()?)?),
        StoreCommand::Verify { name } => context.print(&check(name, context).await?),
    }
}

/// A customer's side of one command.
struct Customer {
    chain: Chain,
    signers: Signers,
}

impl Customer {
    async fn new(context: &Context<'_>) -> Result<Self, CliError> {
        let chain = context.chain().await?;
        let signers = context.signers()?;
        let wallet = signers.wallet.address();
        context
            .ui
            .status(format!("Cluster: {}", chain.cluster.url()));
        context.ui.status(format!("Signer:  {wallet}"));
        Ok(Self { chain, signers })
    }

    fn key(&self) -> Result<&Keypair, CliError> {
        self.signers.wallet.key()
    }

    fn store_context(&self, progress: &Arc<Progress>) -> Result<StoreContext<'_>, CliError> {
        let payer = match &self.signers.fee_payer {
            Some(payer) => payer.key()?,
            None => self.key()?,
        };
        let progress = progress.clone();
        Ok(StoreContext {
            sender: Sender::new(&self.chain.rpc, self.chain.send.clone()),
            http: http_client()?,
            network: self.chain.deployment.network,
            service: self.chain.deployment.service,
            customer: self.key()?,
            payer,
            observer: Arc::new(move |event| progress.show(event)),
        })
    }
}

async fn store(args: &PutArgs, context: &Context<'_>) -> Result<StorePutOutput, CliError> {
    if context.global.dry_run {
        return Err(CliError::usage("storing a file cannot be simulated")
            .hint("operators sign only for shards that they have; leave --dry-run out"));
    }
    let options = PutOptions {
        data: args.data,
        total: args.total,
        lease: args.terms.choice(args.renewal_epochs)?,
        rate_max: args.rate_max,
        group: args.group,
    };
    let library = match &args.manifest {
        Some(path) => Library::File(path.clone()),
        None => Library::Folder(files_folder()?),
    };
    let customer = Customer::new(context).await?;
    let progress = Arc::new(Progress::new(context.ui.clone()));
    let store_context = customer.store_context(&progress)?;
    let report = put(&store_context, &args.file, &library, &options).await;
    progress.finish();
    let report = report.map_err(|error| {
        let what = format!("`{}` is not stored", args.file.display());
        CliError::from(error).because_of(what)
    })?;
    let paths = &report.paths;
    Ok(StorePutOutput {
        file: FileText::new(&report.manifest, &paths.manifest),
        key: paths.key.display().to_string(),
        already_stored: report.already_stored,
        committed: true,
        shards: report
            .manifest
            .shards
            .iter()
            .enumerate()
            .map(ShardText::new)
            .collect(),
    })
}

async fn restore(name: &str, to: &Path, context: &Context<'_>) -> Result<StoreGetOutput, CliError> {
    let paths = find(name, &files_folder()?)?;
    let customer = Customer::new(context).await?;
    let progress = Arc::new(Progress::new(context.ui.clone()));
    let store_context = customer.store_context(&progress)?;
    let report = get(&store_context, &paths, to).await;
    progress.finish();
    let report = report
        .map_err(|error| CliError::from(error).because_of(format!("`{name}` is not restored")))?;
    Ok(StoreGetOutput {
        file: FileText::new(&report.manifest, &paths.manifest),
        to: to.display().to_string(),
        used: report.used.iter().map(ToString::to_string).collect(),
        failed: report
            .failures
            .iter()
            .map(|(operator, reason)| (operator.to_string(), reason.clone()))
            .collect(),
    })
}

async fn check(name: &str, context: &Context<'_>) -> Result<StoreVerifyOutput, CliError> {
    let paths = find(name, &files_folder()?)?;
    let customer = Customer::new(context).await?;
    let progress = Arc::new(Progress::new(context.ui.clone()));
    let store_context = customer.store_context(&progress)?;
    let verified = verify(&store_context, &paths).await;
    progress.finish();
    let (manifest, checks) = verified?;
    let shards: Vec<ShardCheckText> = checks.iter().map(ShardCheckText::new).collect();
    let whole = shards.iter().filter(|one| one.problem.is_none()).count();
    Ok(StoreVerifyOutput {
        file: FileText::new(&manifest, &paths.manifest),
        retrievable: whole >= manifest.layout.data_shards(),
        shards,
    })
}

/// The manifests in a folder, by path. A folder that does not exist holds none.
pub(super) fn manifests(folder: &Path) -> Result<Vec<(PathBuf, Manifest)>, CliError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(CliError::from(error).because_of(folder.display().to_string()));
        }
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            found.extend(Manifest::read(&path)?.map(|manifest| (path, manifest)));
        }
    }
    found.sort_by(|left, right| left.0.cmp(&right.0));
    Ok(found)
}

fn list(folder: &Path) -> Result<StoreListOutput, CliError> {
    let found = manifests(folder)?;
    Ok(StoreListOutput {
        folder: folder.display().to_string(),
        files: found
            .iter()
            .map(|(path, manifest)| FileText::new(manifest, path))
            .collect(),
    })
}

/// A manifest by its path, or by id or name of its file.
fn find(name: &str, folder: &Path) -> Result<ManifestPaths, CliError> {
    let path = Path::new(name);
    let is_path = name.contains('/') || path.extension().is_some_and(|end| end == "json");
    if is_path && path.is_file() {
        return Ok(ManifestPaths::of(path));
    }
    let all = manifests(folder)?;
    let matching: Vec<_> = all
        .iter()
        .filter(|(_, one)| one.id == name || one.name == name)
        .collect();
    match matching.as_slice() {
        [(path, _)] => Ok(ManifestPaths::of(path)),
        [] => Err(
            CliError::failed("not-found", format!("no file `{name}` is stored"))
                .hint("`trestle store ls` lists those whose manifest is kept here"),
        ),
        several => {
            let ids: Vec<&str> = several.iter().map(|(_, one)| one.id.as_str()).collect();
            let message = format!("several files are called `{name}`");
            Err(CliError::failed("ambiguous", message)
                .hint(format!("use one of their ids: {}", ids.join(", "))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_folder_holds_no_files_and_unknown_names_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let absent = folder.path().join("absent");
        assert!(list(&absent).unwrap().files.is_empty());
        assert_eq!(find("a", &absent).unwrap_err().code, "not-found");
    }

    #[test]
    fn a_manifest_is_found_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "{}").unwrap();
        let found = find(
            &path.display().to_string(),
            folder.path().join("x").as_path(),
        );
        assert_eq!(found.unwrap(), ManifestPaths::of(&path));
    }
}
