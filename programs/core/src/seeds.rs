//! Seeds of every program-derived address, one constant per kind of account.

/// staking: Network, then the token mint.
pub const SEED_NETWORK: &[u8] = b"network";
/// staking: token account of all stake of a network, then the network.
pub const SEED_STAKE_VAULT: &[u8] = b"stake_vault";
/// staking: token account of the verifiers' bonds, then the network.
pub const SEED_BOND_VAULT: &[u8] = b"bond_vault";
/// staking: token account of the insurance, then the network.
pub const SEED_INSURANCE_VAULT: &[u8] = b"insurance_vault";
/// staking: VerifierSet, then the network.
pub const SEED_VERIFIERS: &[u8] = b"verifiers";
/// staking: Service, then the network and the index (u16, little-endian).
pub const SEED_SERVICE: &[u8] = b"service";
/// staking: Operator, then the service and the authority.
pub const SEED_OPERATOR: &[u8] = b"operator";
/// proofs: RootRing, then the service.
pub const SEED_RING: &[u8] = b"ring";
/// proofs: SeedRing, then the service.
pub const SEED_SEEDS: &[u8] = b"seeds";
/// proofs: Commitment, then the operator and the root.
pub const SEED_COMMITMENT: &[u8] = b"commitment";
/// proofs: Round, then the service and the epoch (u64, little-endian).
pub const SEED_ROUND: &[u8] = b"round";
/// proofs: Proposal, then the service, the epoch (u64, little-endian) and the proposer.
pub const SEED_PROPOSAL: &[u8] = b"proposal";
/// proofs: the signer by which a lost root takes bonds in the staking program.
pub const SEED_SLASHER: &[u8] = b"slasher";
/// rewards: Pool, then the service.
pub const SEED_POOL: &[u8] = b"pool";
/// rewards: token account of a pool, then the pool.
pub const SEED_POOL_VAULT: &[u8] = b"pool_vault";
/// rewards: Claim, then the pool and the operator.
pub const SEED_CLAIM: &[u8] = b"claim";
/// credits: Market, then the network.
pub const SEED_MARKET: &[u8] = b"market";
/// credits: mint of the credits, then the network.
pub const SEED_CREDIT_MINT: &[u8] = b"credit_mint";
/// credits: token account of the stablecoin revenue, then the network.
pub const SEED_REVENUE_VAULT: &[u8] = b"revenue_vault";
/// credits: CustomerAccount, then the network and the customer.
pub const SEED_CUSTOMER: &[u8] = b"customer";
/// credits: Lease, then the commitment.
pub const SEED_LEASE: &[u8] = b"lease";
/// credits: ServiceRevenue, then the service.
pub const SEED_REVENUE: &[u8] = b"revenue";
/// rewards: token account of a pool's stablecoin, then the pool.
pub const SEED_POOL_STABLE_VAULT: &[u8] = b"pool_stable_vault";
/// rewards: the signer by which rewards reach delegators in the staking program.
pub const SEED_DISTRIBUTOR: &[u8] = b"distributor";
/// any program: the pending change of an account's parameters, then that account.
pub const SEED_CHANGE: &[u8] = b"change";
/// rewards: Emission, then the pool.
pub const SEED_EMISSION: &[u8] = b"emission";
/// staking: DelegatorVaults, then the network.
pub const SEED_DELEGATOR_VAULTS: &[u8] = b"delegator_vaults";
/// staking: token account of what delegators have earned in the network's token, then the network.
pub const SEED_DELEGATOR_VAULT: &[u8] = b"delegator_vault";
/// staking: token account of what delegators have earned in stablecoin, then the network.
pub const SEED_DELEGATOR_STABLE_VAULT: &[u8] = b"delegator_stable_vault";
/// staking: DelegationPool, then the operator.
pub const SEED_DELEGATION_POOL: &[u8] = b"delegation_pool";
/// staking: Delegation, then the delegation pool and the delegator.
pub const SEED_DELEGATION: &[u8] = b"delegation";
/// credits: Maintenance, then the operator.
pub const SEED_MAINTENANCE: &[u8] = b"maintenance";
/// staking: Issuer, then the network and the issuer's key.
pub const SEED_ISSUER: &[u8] = b"issuer";
/// staking: Clearance, then the issuer and the wallet that it clears.
pub const SEED_CLEARANCE: &[u8] = b"clearance";
/// staking: ServicePolicy, then the service.
pub const SEED_POLICY: &[u8] = b"policy";
/// proofs: Dispute, then the proposal.
pub const SEED_DISPUTE: &[u8] = b"dispute";
/// proofs: token account of a challenger's bond, then the dispute.
pub const SEED_DISPUTE_VAULT: &[u8] = b"dispute_vault";
/// proofs: OperatorLoad, then the operator.
pub const SEED_LOAD: &[u8] = b"load";
/// credits: Biller, then the market.
pub const SEED_BILLER: &[u8] = b"biller";
/// credits: CardSale, then the market and the payment's identifier.
pub const SEED_CARD_SALE: &[u8] = b"card_sale";
/// credits: Delegate, then the customer's account and the delegate's key.
pub const SEED_DELEGATE: &[u8] = b"delegate";
/// credits: Topup, then the customer's account.
pub const SEED_TOPUP: &[u8] = b"topup";
/// credits: Meter, then the customer's account and the operator.
pub const SEED_METER: &[u8] = b"meter";
/// credits: token account of the protocol's share of revenue, then the market.
pub const SEED_TREASURY: &[u8] = b"treasury";
/// credits: token account of the insurance's share of revenue, then the market.
pub const SEED_INSURANCE_STABLE_VAULT: &[u8] = b"insurance_stable_vault";
/// credits: LeaseGroup, then the customer and the group's number (u64, little-endian).
pub const SEED_LEASE_GROUP: &[u8] = b"lease_group";
