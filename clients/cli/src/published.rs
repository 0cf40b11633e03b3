//! Epoch files as verifiers publish them, out of a folder or over HTTP.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};

use futures_util::StreamExt;
use solana_pubkey::Pubkey;
use trestle_core::{leaf::PayoutLeaf, merkle::Tree, root::FinalRoot};
use trestle_sdk::instruction::rewards::{Counters, LeafProof};
use trestle_verify::published::{
    EpochFiles, EpochTexts, LeavesFile, EVIDENCE_FILE, INPUTS_FILE, LEAVES_FILE, ROOT_FILE,
};

use crate::error::{CliError, Kind};

/// A verifier that stands still this long is passed over.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of the largest file that is read: the evidence of some hundred thousand challenges.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// Where files are looked for, in order.
pub struct Published {
    sources: Vec<String>,
    service: Pubkey,
    http: reqwest::Client,
}

/// The leaves of an epoch whose tree has the final root.
pub struct ProvenLeaves {
    pub epoch: u64,
    leaves: Vec<PayoutLeaf>,
    tree: Tree,
}

impl Published {
    /// `from` goes before the sources of the deployment.
    pub fn new(
        from: Option<&str>,
        published: &[String],
        service: Pubkey,
    ) -> Result<Self, CliError> {
        let sources = match from {
            Some(source) => vec![source.to_string()],
            None => published.to_vec(),
        };
        if sources.is_empty() {
            return Err(CliError::config(
                "no-published-files",
                "nobody is known who publishes epoch files",
            )
            .hint("give a verifier's URL or a folder: --from, or `published` in the deployment"));
        }
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .build()?;
        Ok(Self {
            sources,
            service,
            http,
        })
    }

    /// All files of an epoch, as the first source has them.
    pub async fn epoch(&self, epoch: u64) -> Result<EpochFiles, CliError> {
        self.first(epoch, |source| self.read_epoch(source, epoch))
            .await
    }

    /// The leaves of an epoch that lead to `root`.
    pub async fn leaves(&self, root: &FinalRoot) -> Result<ProvenLeaves, CliError> {
        self.first(root.epoch, |source| self.read_leaves(source, root))
            .await
    }

    async fn first<'a, T, F: std::future::Future<Output = Result<T, CliError>>>(
        &'a self,
        epoch: u64,
        read: impl Fn(&'a str) -> F,
    ) -> Result<T, CliError> {
        let message = format!("the files of epoch {epoch} could not be used");
        let mut error = CliError::new(Kind::Network, "published-files", message)
            .hint("give another verifier's URL or folder by --from");
        for source in &self.sources {
            match read(source).await {
                Ok(files) => return Ok(files),
                Err(one) => error.causes.push(format!("{source}: {}", one.message)),
            }
        }
        Err(error)
    }

    async fn read_epoch(&self, source: &str, epoch: u64) -> Result<EpochFiles, CliError> {
        let texts = EpochTexts {
            inputs: self.read(source, epoch, INPUTS_FILE).await?,
            evidence: self.read(source, epoch, EVIDENCE_FILE).await?,
            leaves: self.read(source, epoch, LEAVES_FILE).await?,
            root: self.read(source, epoch, ROOT_FILE).await?,
        };
        Ok(EpochFiles::parse(&texts)?)
    }

    async fn read_leaves(&self, source: &str, root: &FinalRoot) -> Result<ProvenLeaves, CliError> {
        let text = self.read(source, root.epoch, LEAVES_FILE).await?;
        let file: LeavesFile = serde_json::from_str(&text)?;
        ProvenLeaves::new(&file, root)
    }

    async fn read(&self, source: &str, epoch: u64, file: &str) -> Result<String, CliError> {
        let bytes = if source.starts_with("http://") || source.starts_with("https://") {
            let base = source.trim_end_matches('/');
            let url = format!("{base}/v1/epochs/{}/{epoch}/{file}", self.service);
            self.download(&url).await?
        } else {
            read_bounded(&self.folder(Path::new(source), epoch).join(file))?
        };
        String::from_utf8(bytes)
            .map_err(|_| CliError::failed("published-files", format!("{file} is not text")))
    }

    /// A verifier's data folder, its folder of published files, or the one of a service.
    fn folder(&self, source: &Path, epoch: u64) -> PathBuf {
        let service = self.service.to_string();
        let epoch = epoch.to_string();
        [
            source.join("published").join(&service).join(&epoch),
            source.join(&service).join(&epoch),
            source.join(&epoch),
        ]
        .into_iter()
        .find(|folder| folder.is_dir())
        .unwrap_or_else(|| source.to_path_buf())
    }

    async fn download(&self, url: &str) -> Result<Vec<u8>, CliError> {
        let response = self.http.get(url).send().await?;
        if !response.status().is_success() {
            let message = format!("{url} answered {}", response.status());
            return Err(CliError::new(Kind::Network, "http", message));
        }
        let mut bytes = Vec::new();
        let mut stream = response.bytes_stream();
        while let Some(part) = stream.next().await {
            bytes.extend_from_slice(&part?);
            if bytes.len() as u64 > FILE_BYTES_MAX {
                return Err(too_large(url));
            }
        }
        Ok(bytes)
    }
}

fn read_bounded(path: &Path) -> Result<Vec<u8>, CliError> {
    let name = path.display().to_string();
    let file = File::open(path)
        .map_err(|error| CliError::failed("published-files", format!("{name}: {error}")))?;
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(too_large(&name));
    }
    Ok(bytes)
}

fn too_large(name: &str) -> CliError {
    CliError::failed(
        "published-files",
        format!("{name} is larger than {FILE_BYTES_MAX} bytes"),
    )
}

impl ProvenLeaves {
    /// Refuses leaves that do not have the final root: then no proof out of them would be taken.
    pub fn new(file: &LeavesFile, root: &FinalRoot) -> Result<Self, CliError> {
        let leaves: Vec<PayoutLeaf> = file.leaves.iter().map(|state| state.leaf()).collect();
        let tree = Tree::build(leaves.iter().map(PayoutLeaf::hash).collect())
            .map_err(|error| CliError::failed("published-files", error.to_string()))?;
        if tree.root() != root.tree_root {
            let message = "the published leaves do not lead to the final root";
            return Err(CliError::failed("published-files", message));
        }
        Ok(Self {
            epoch: root.epoch,
            leaves,
            tree,
        })
    }

    /// All of them, in the order of the tree.
    pub fn all(&self) -> &[PayoutLeaf] {
        &self.leaves
    }

    /// Position and leaf of an operator.
    pub fn find(&self, operator: &Pubkey) -> Option<(u32, &PayoutLeaf)> {
        let position = self
            .leaves
            .iter()
            .position(|leaf| leaf.operator == operator.to_bytes())?;
        let leaf = self.leaves.get(position)?;
        Some((u32::try_from(position).ok()?, leaf))
    }

    fn known(&self, operator: &Pubkey) -> Result<(u32, &PayoutLeaf), CliError> {
        self.find(operator).ok_or_else(|| {
            let message = format!("operator {operator} has no leaf in epoch {}", self.epoch);
            CliError::failed("no-leaf", message)
                .hint("an operator has one from the epoch on in which it registered")
        })
    }

    /// An operator's leaf with its proof, as instructions take it.
    pub fn proof(&self, operator: &Pubkey) -> Result<LeafProof, CliError> {
        let (index, leaf) = self.known(operator)?;
        let proof = self
            .tree
            .proof(index)
            .map_err(|error| CliError::failed("published-files", error.to_string()))?;
        Ok(LeafProof {
            epoch: self.epoch,
            index,
            counters: Counters::from(leaf.counters()),
            proof,
        })
    }

    /// One proof for several leaves, whose indices must ascend.
    pub fn multiproof(&self, indices: &[u32]) -> Result<Vec<[u8; 32]>, CliError> {
        self.tree
            .multiproof(indices)
            .map_err(|error| CliError::failed("published-files", error.to_string()))
    }

    /// Several operators in the order of their leaves.
    pub fn sorted(&self, operators: &[Pubkey]) -> Result<Vec<(u32, Pubkey, Counters)>, CliError> {
        let mut found = Vec::with_capacity(operators.len());
        for operator in operators {
            let (index, leaf) = self.known(operator)?;
            found.push((index, *operator, Counters::from(leaf.counters())));
        }
        found.sort_by_key(|(index, _, _)| *index);
        found.dedup_by_key(|(index, _, _)| *index);
        Ok(found)
    }
}
