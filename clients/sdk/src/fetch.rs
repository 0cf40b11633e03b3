//! Typed reads of accounts.
//!
//! Every read checks owner, discriminator and version: an account of another program, of another
//! kind or of another layout is an error and never a wrong value.

use anchor_lang::AccountDeserialize;
use solana_account::Account;
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding, UiDataSliceConfig};
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::{
    client_error::{Error as ClientError, ErrorKind},
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig},
    custom_error::JSON_RPC_SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED,
    filter::{Memcmp, RpcFilterType},
    request::RpcError,
};
use spl_token_2022_interface::{
    extension::StateWithExtensions,
    state::{Account as TokenState, Mint as MintState},
};
use thiserror::Error;

pub use trestle_core::root::{FinalRoot, RootRing};
pub use trestle_credits::state::{
    Biller, CardSale, CustomerAccount, Delegate, Lease, LeaseGroup, Maintenance, Market,
    MarketChange, Meter, ServiceRevenue, Topup,
};
pub use trestle_proofs::state::{Commitment, Dispute, OperatorLoad, Proposal, Round, SeedRing};
pub use trestle_rewards::state::{Claim, Emission, EmissionRecord, Pool, PoolChange};
pub use trestle_staking::state::{
    Clearance, Delegation, DelegationPool, DelegatorVaults, Issuer, Network, NetworkChange,
    Operator, Service, ServiceChange, ServicePolicy, UnbondTicket, VerifierEntry, VerifierSet,
};
use trestle_staking::versioned::Layout;

use crate::address::{self, PROOFS_ID, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID};

/// Accounts that one RPC request may ask for.
const MULTIPLE_ACCOUNTS_MAX: usize = 100;
/// Bytes before an account's fields.
pub const DISCRIMINATOR_BYTES: usize = 8;

/// Why an account could not be read.
#[derive(Debug, Error)]
pub enum FetchError {
    #[error("reading {what} failed: {source}")]
    Rpc {
        what: &'static str,
        source: Box<ClientError>,
    },
    #[error(
        "the RPC node has not reached slot {slot} yet, so it cannot tell of every {what}; \
         ask again, or use one node instead of a balancer"
    )]
    Behind { what: &'static str, slot: u64 },
    #[error("{what} {address} does not exist on this cluster")]
    NotFound { what: &'static str, address: Pubkey },
    #[error("{address} is not a {what}: it belongs to {owner}")]
    WrongOwner {
        what: &'static str,
        address: Pubkey,
        owner: Pubkey,
    },
    #[error("{address} is not a {what}, or of another version of the program")]
    Layout { what: &'static str, address: Pubkey },
}

impl FetchError {
    pub(crate) fn rpc(what: &'static str) -> impl FnOnce(ClientError) -> Self {
        move |source| Self::Rpc {
            what,
            source: Box::new(source),
        }
    }

    /// The same, of a request for the state of `min_slot` or a later one.
    fn rpc_since(what: &'static str, min_slot: Option<u64>) -> impl FnOnce(ClientError) -> Self {
        move |source| match min_slot {
            Some(slot) if is_behind(&source) => Self::Behind { what, slot },
            _ => Self::rpc(what)(source),
        }
    }

    /// Whether the account is simply not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }
}

fn is_behind(error: &ClientError) -> bool {
    const CODE: i64 = JSON_RPC_SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED;
    matches!(
        error.kind(),
        ErrorKind::RpcError(RpcError::RpcResponseError { code: CODE, .. })
    )
}

/// An account of Trestle: what it is called, and where in it the address stands that lists of it
/// are filtered by.
pub trait Kind: AccountDeserialize + Layout {
    /// What messages call it.
    const NAME: &'static str;
}

impl Kind for Network {
    const NAME: &'static str = "network";
}
impl Kind for VerifierSet {
    const NAME: &'static str = "verifier set";
}
impl Kind for Service {
    const NAME: &'static str = "service";
}
impl Kind for Issuer {
    const NAME: &'static str = "issuer";
}
impl Kind for Clearance {
    const NAME: &'static str = "clearance";
}
impl Kind for ServicePolicy {
    const NAME: &'static str = "policy";
}
impl Kind for Operator {
    const NAME: &'static str = "operator";
}
impl Kind for DelegatorVaults {
    const NAME: &'static str = "record of the delegators' vaults";
}
impl Kind for DelegationPool {
    const NAME: &'static str = "delegation pool";
}
impl Kind for Delegation {
    const NAME: &'static str = "delegation";
}

impl Kind for NetworkChange {
    const NAME: &'static str = "change of the network";
}
impl Kind for ServiceChange {
    const NAME: &'static str = "change of the service";
}
impl Kind for Commitment {
    const NAME: &'static str = "commitment";
}
impl Kind for Proposal {
    const NAME: &'static str = "proposal";
}
impl Kind for Dispute {
    const NAME: &'static str = "dispute";
}
impl Kind for OperatorLoad {
    const NAME: &'static str = "operator load";
}
impl Kind for Round {
    const NAME: &'static str = "round";
}
impl Kind for trestle_proofs::state::RootRing {
    const NAME: &'static str = "root ring";
}
impl Kind for SeedRing {
    const NAME: &'static str = "seed ring";
}
impl Kind for Pool {
    const NAME: &'static str = "pool";
}
impl Kind for Emission {
    const NAME: &'static str = "emission";
}
impl Kind for PoolChange {
    const NAME: &'static str = "change of a pool";
}
impl Kind for Claim {
    const NAME: &'static str = "claim";
}
impl Kind for Market {
    const NAME: &'static str = "market";
}
impl Kind for CustomerAccount {
    const NAME: &'static str = "customer account";
}
impl Kind for Lease {
    const NAME: &'static str = "lease";
}
impl Kind for LeaseGroup {
    const NAME: &'static str = "lease group";
}
impl Kind for Maintenance {
    const NAME: &'static str = "maintenance";
}
impl Kind for ServiceRevenue {
    const NAME: &'static str = "service revenue";
}
impl Kind for Biller {
    const NAME: &'static str = "biller";
}
impl Kind for CardSale {
    const NAME: &'static str = "card sale";
}
impl Kind for Delegate {
    const NAME: &'static str = "delegate";
}
impl Kind for MarketChange {
    const NAME: &'static str = "change of the market";
}
impl Kind for Meter {
    const NAME: &'static str = "meter";
}
impl Kind for Topup {
    const NAME: &'static str = "top-up";
}

/// Bytes that must stand at a place of an account.
#[derive(Debug, Clone)]
pub struct Filter {
    offset: usize,
    bytes: Vec<u8>,
}

impl Filter {
    /// `field` is the offset of an address in the struct, by `core::mem::offset_of!`.
    pub fn address(field: usize, address: &Pubkey) -> Self {
        Self {
            offset: DISCRIMINATOR_BYTES.saturating_add(field),
            bytes: address.to_bytes().to_vec(),
        }
    }

    fn memcmp(&self) -> RpcFilterType {
        RpcFilterType::Memcmp(Memcmp::new_base58_encoded(self.offset, &self.bytes))
    }
}

/// Reads one account.
pub async fn fetch<T: Kind>(rpc: &RpcClient, address: &Pubkey) -> Result<T, FetchError> {
    fetch_optional(rpc, address)
        .await?
        .ok_or(FetchError::NotFound {
            what: T::NAME,
            address: *address,
        })
}

/// Reads one account that may not exist.
pub async fn fetch_optional<T: Kind>(
    rpc: &RpcClient,
    address: &Pubkey,
) -> Result<Option<T>, FetchError> {
    let account = raw(rpc, address, T::NAME).await?;
    account
        .map(|account| decode::<T>(address, &account))
        .transpose()
}

/// Reads many accounts; those that do not exist are `None`.
pub async fn fetch_many<T: Kind>(
    rpc: &RpcClient,
    addresses: &[Pubkey],
) -> Result<Vec<Option<T>>, FetchError> {
    let mut found = Vec::with_capacity(addresses.len());
    for part in addresses.chunks(MULTIPLE_ACCOUNTS_MAX) {
        let accounts = rpc
            .get_multiple_accounts(part)
            .await
            .map_err(FetchError::rpc(T::NAME))?;
        for (address, account) in part.iter().zip(accounts) {
            let decoded = account.map(|account| decode::<T>(address, &account));
            found.push(decoded.transpose()?);
        }
    }
    Ok(found)
}

/// Reads every account of a kind that passes the filters, sorted by address.
pub async fn list<T: Kind>(
    rpc: &RpcClient,
    filters: &[Filter],
) -> Result<Vec<(Pubkey, T)>, FetchError> {
    list_since(rpc, filters, None).await
}

/// The same of the state of `min_slot` or a later one. Behind one address there may be several
/// nodes, and the one that answers may not be as far as the one that was asked before:
/// [`FetchError::Behind`].
pub async fn list_since<T: Kind>(
    rpc: &RpcClient,
    filters: &[Filter],
    min_slot: Option<u64>,
) -> Result<Vec<(Pubkey, T)>, FetchError> {
    let config = list_config::<T>(filters, min_slot);
    let accounts = rpc
        .get_program_ui_accounts_with_config(&T::OWNER, config)
        .await
        .map_err(FetchError::rpc_since(T::NAME, min_slot))?;
    let mut found = Vec::with_capacity(accounts.len());
    for (address, account) in accounts {
        let layout = || FetchError::Layout {
            what: T::NAME,
            address,
        };
        let bytes = account.data.decode().ok_or_else(layout)?;
        let value = parse::<T>(&bytes).ok_or_else(layout)?;
        found.push((address, value));
    }
    found.sort_by_key(|(address, _)| *address);
    Ok(found)
}

fn list_config<T: Kind>(filters: &[Filter], min_slot: Option<u64>) -> RpcProgramAccountsConfig {
    let discriminator = Memcmp::new_base58_encoded(0, T::DISCRIMINATOR);
    let mut all = vec![RpcFilterType::Memcmp(discriminator)];
    all.extend(filters.iter().map(Filter::memcmp));
    RpcProgramAccountsConfig {
        filters: Some(all),
        account_config: RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            min_context_slot: min_slot,
            ..Default::default()
        },
        ..Default::default()
    }
}

/// Reads the first bytes of every account of a program: discriminator and version. Longer if the
/// cluster does not cut them.
pub async fn heads(
    rpc: &RpcClient,
    program: &Pubkey,
) -> Result<Vec<(Pubkey, Vec<u8>)>, FetchError> {
    const WHAT: &str = "accounts of a program";
    let slice = UiDataSliceConfig {
        offset: 0,
        length: DISCRIMINATOR_BYTES.saturating_add(1),
    };
    let config = RpcProgramAccountsConfig {
        account_config: RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            data_slice: Some(slice),
            ..Default::default()
        },
        ..Default::default()
    };
    let accounts = rpc
        .get_program_ui_accounts_with_config(program, config)
        .await
        .map_err(FetchError::rpc(WHAT))?;
    let head = |(address, account): (Pubkey, UiAccount)| {
        let layout = FetchError::Layout {
            what: WHAT,
            address,
        };
        Ok((address, account.data.decode().ok_or(layout)?))
    };
    accounts.into_iter().map(head).collect()
}

/// Reads a service's ring of final roots.
pub async fn ring(rpc: &RpcClient, service: &Pubkey) -> Result<Box<RootRing>, FetchError> {
    const WHAT: &str = "root ring";
    let address = address::ring(service);
    let account = raw(rpc, &address, WHAT).await?;
    let account = account.ok_or(FetchError::NotFound {
        what: WHAT,
        address,
    })?;
    check_owner(&address, &account, WHAT, &[PROOFS_ID])?;
    RootRing::read_account_data(&account.data).ok_or(FetchError::Layout {
        what: WHAT,
        address,
    })
}

/// What a client needs of a token account, of either token program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenBalance {
    pub mint: Pubkey,
    pub owner: Pubkey,
    /// Base units.
    pub amount: u64,
    /// Who else may spend from it, if anybody, and how many base units.
    pub delegate: Option<Pubkey>,
    pub delegated: u64,
}

/// Reads a token account that may not exist.
pub async fn token_balance(
    rpc: &RpcClient,
    address: &Pubkey,
) -> Result<Option<TokenBalance>, FetchError> {
    const WHAT: &str = "token account";
    let Some(account) = raw(rpc, address, WHAT).await? else {
        return Ok(None);
    };
    check_owner(
        address,
        &account,
        WHAT,
        &[TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID],
    )?;
    let state = StateWithExtensions::<TokenState>::unpack(&account.data);
    let base = state
        .map(|state| state.base)
        .map_err(|_| FetchError::Layout {
            what: WHAT,
            address: *address,
        })?;
    Ok(Some(TokenBalance {
        mint: base.mint,
        owner: base.owner,
        amount: base.amount,
        delegate: base.delegate.into(),
        delegated: base.delegated_amount,
    }))
}

/// Reads a mint: its decimals and its supply in base units.
pub async fn mint(rpc: &RpcClient, address: &Pubkey) -> Result<(u8, u64), FetchError> {
    const WHAT: &str = "mint";
    let account = raw(rpc, address, WHAT).await?;
    let account = account.ok_or(FetchError::NotFound {
        what: WHAT,
        address: *address,
    })?;
    check_owner(
        address,
        &account,
        WHAT,
        &[TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID],
    )?;
    let state = StateWithExtensions::<MintState>::unpack(&account.data);
    let base = state
        .map(|state| state.base)
        .map_err(|_| FetchError::Layout {
            what: WHAT,
            address: *address,
        })?;
    Ok((base.decimals, base.supply))
}

/// Reads an account's bytes as they are.
pub async fn raw(
    rpc: &RpcClient,
    address: &Pubkey,
    what: &'static str,
) -> Result<Option<Account>, FetchError> {
    rpc.get_account_with_commitment(address, rpc.commitment())
        .await
        .map(|answer| answer.value)
        .map_err(FetchError::rpc(what))
}

/// Decodes an account after checking whose it is.
pub fn decode<T: Kind>(address: &Pubkey, account: &Account) -> Result<T, FetchError> {
    check_owner(address, account, T::NAME, &[T::OWNER])?;
    parse::<T>(&account.data).ok_or(FetchError::Layout {
        what: T::NAME,
        address: *address,
    })
}

/// The account in its data, if it is one of this kind and in the version that is known here.
fn parse<T: Kind>(mut data: &[u8]) -> Option<T> {
    (data.get(DISCRIMINATOR_BYTES) == Some(&T::VERSION))
        .then(|| T::try_deserialize(&mut data).ok())
        .flatten()
}

fn check_owner(
    address: &Pubkey,
    account: &Account,
    what: &'static str,
    owners: &[Pubkey],
) -> Result<(), FetchError> {
    if owners.contains(&account.owner) {
        return Ok(());
    }
    Err(FetchError::WrongOwner {
        what,
        address: *address,
        owner: account.owner,
    })
}

#[cfg(test)]
mod tests;
