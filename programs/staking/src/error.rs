//! Everything this program refuses, each with its remedy. The order is frozen: codes are an API.

use anchor_lang::prelude::*;

#[error_code(offset = 6000)]
pub enum StakingError {
    #[msg("Staking is paused: only exits and slashes work until the authority resumes it")]
    NetworkPaused,
    #[msg("The signer is not the network's authority: sign with the authority's key")]
    NotNetworkAuthority,
    #[msg("The signer was not proposed as authority: have the authority propose it first")]
    NotPendingAuthority,
    #[msg("The signer may not pause: only the guardian or the authority may")]
    NotGuardian,
    #[msg("These areas of the network are in that state already: nothing to do")]
    PauseUnchanged,
    #[msg("The epoch's length is out of bounds: choose 60 to 604,800 seconds")]
    BadEpochSeconds,
    #[msg("The challenge window is out of bounds: choose 10 seconds to four epochs")]
    BadChallengeWindow,
    #[msg("Unbonding must outlast an epoch, a challenge window and a dispute, and end in a year")]
    BadUnbonding,
    #[msg("The smallest bond of a verifier must be above zero")]
    BadBondMinimum,
    #[msg("Burn, insurance and challenger shares must add up to 10,000 basis points")]
    BadSlashShares,
    #[msg("The share of a bond that a lost root costs must be 1 to 10,000 basis points")]
    BadBondSlash,
    #[msg("The stablecoin must be another mint than the network's token, with 6 decimals")]
    BadStableMint,
    #[msg("Only the token's mint authority may create its network: sign with that key")]
    NotMintAuthority,
    #[msg("The guardian must be a key: the zero address can sign nothing")]
    BadGuardian,
    #[msg("The network has as many services as it can list: use another network")]
    TooManyServices,
    #[msg("This kind of service is not known: 1 is storage")]
    BadServiceKind,
    #[msg("The stake per GiB must be above zero, else there is nothing to slash")]
    BadStakePerGib,
    #[msg("Detection is out of bounds: choose missing_bps from 100, detect_bps from 1 to 9,999")]
    BadDetection,
    #[msg("A proven loss must cost at least three times a miss, and at most the whole stake")]
    BadSlashSchedule,
    #[msg("The answer deadline is out of bounds: choose 250 to 60,000 milliseconds")]
    BadAnswerDeadline,
    #[msg("The notice is out of bounds: choose 1 to 90 epochs")]
    BadNotice,
    #[msg("The account is not at the address that its own fields give: derive it again")]
    WrongAddress,
    #[msg("The account belongs to another network: pass the accounts of one network")]
    WrongNetwork,
    #[msg("This is not the vault of the network: derive it from the network's address")]
    WrongVault,
    #[msg("This is not the network's token mint: pass the mint that the network names")]
    WrongMint,
    #[msg("This is not the verifier set of the network: derive it from the network's address")]
    WrongVerifierSet,
    #[msg("The payout account must hold the network's token and must not be one of its vaults")]
    BadPayout,
    #[msg("The node's key must be a key: the zero address can sign nothing")]
    BadNodeKey,
    #[msg("The capacity is out of bounds: choose 1 to 1,048,576 GiB")]
    BadCapacity,
    #[msg("The endpoint must be an ASCII http:// or https:// URL of at most 95 bytes")]
    BadEndpoint,
    #[msg("The signer does not act for this operator: sign with its controller's key")]
    NotOperatorAuthority,
    #[msg("The amount must be above zero")]
    ZeroAmount,
    #[msg("The operator has less stake than that: unbond at most what is staked")]
    InsufficientStake,
    #[msg("All unbonding tickets are taken: withdraw the matured ones or wait for them")]
    NoFreeTicket,
    #[msg("Nothing has finished unbonding: wait until a ticket's unlock time")]
    NothingMatured,
    #[msg("Tokens may only go to an account of the signer: pass one that the signer owns")]
    NotDestinationOwner,
    #[msg("The bond is below the network's smallest: bond at least verifier_bond_min")]
    BondTooSmall,
    #[msg("This key is in the verifier set already: exit and withdraw before registering again")]
    VerifierExists,
    #[msg("The verifier set is full: wait until a verifier withdraws")]
    VerifierSetFull,
    #[msg("The signer is not in the verifier set: register first")]
    NotVerifier,
    #[msg("The verifier is exiting already: withdraw after the unlock time")]
    VerifierExiting,
    #[msg("The verifier is not exiting: ask to exit first")]
    VerifierNotExiting,
    #[msg("The bond has not finished unbonding: wait until its unlock time")]
    BondLocked,
    #[msg("The ring holds no final root of that epoch: take a newer epoch")]
    RootNotFound,
    #[msg("The ring of final roots is that of another service: derive it from the service")]
    WrongRing,
    #[msg("The leaf is not in that epoch's root: fetch the leaves and the proof of that epoch")]
    LeafNotProven,
    #[msg("What the leaf says is slashed has been taken already: nothing to do")]
    NothingToSlash,
    #[msg("The operator has nothing left that could be slashed")]
    NothingToTake,
    #[msg("Bonds are slashed only by the proofs program, when a challenge is proven there")]
    NotSlasher,
    #[msg("None of the signers has a bond in the set that could be slashed")]
    NoBondToSlash,
    #[msg("The network's clock stands before its genesis: try again later")]
    BeforeGenesis,
    #[msg("An amount passed 64 bits: use smaller amounts")]
    MathOverflow,
    #[msg("A vault holds less than it owes: report this, it must not happen")]
    VaultShortfall,
    #[msg("An account breaks its own rules: report this, it must not happen")]
    InvariantViolated,
    #[msg("The signer is not this operator's controller: sign with the controller's key")]
    NotOperatorController,
    #[msg("Delegators are paid only by the rewards program, when their operator claims there")]
    NotDistributor,
    #[msg("The account belongs to another operator: pass the accounts of one operator")]
    WrongOperator,
    #[msg("The delegation belongs to another pool: derive it from the pool and the delegator")]
    WrongDelegationPool,
    #[msg("The signer is not the delegator: sign with the key that delegated")]
    NotDelegator,
    #[msg("The commission is out of bounds: choose 0 to 10,000 basis points")]
    BadCommission,
    #[msg("A commission rises by at most 500 basis points at a time: choose a smaller step")]
    CommissionStep,
    #[msg("The commission is that already: nothing to do")]
    CommissionUnchanged,
    #[msg("The delegation has fewer shares than that: unbond at most what it has")]
    InsufficientShares,
    #[msg("Slashes left this pool too little to add to: delegate to another operator")]
    PoolSlashedOut,
    #[msg("The delegation has earned nothing since its last claim: claim later")]
    NothingEarned,
    #[msg("The delegation still holds something: unbond, withdraw and claim all of it first")]
    DelegationInUse,
    #[msg("The operator was jailed: delegate when its controller has had it released")]
    OperatorJailed,
    #[msg("The operator is not jailed: nothing to do")]
    NotJailed,
    #[msg("The operator's jail is not over: wait until its time has passed")]
    JailNotOver,
    #[msg("The operator has too little stake for its capacity: deposit the rest first")]
    OperatorUnderstaked,
    #[msg("The account belongs to another service: pass the accounts of one service")]
    WrongService,
    #[msg("The areas are not known: add up 1 staking, 2 proofs, 4 rewards and 8 credits")]
    BadAreas,
    #[msg("The signer was not proposed as controller: have the controller propose it first")]
    NotPendingController,
    #[msg("The operator has left its service for good: register another wallet")]
    OperatorExited,
    #[msg("Devices need a root and 1 to 16,777,216 of them; none have the zero root")]
    BadDevices,
    #[msg("The change belongs to another account: derive it from what it changes")]
    WrongChange,
    #[msg("The change is not due yet: apply it from its due epoch on")]
    ChangeNotDue,
    #[msg("The change has lapsed: cancel it and propose it again")]
    ChangeLapsed,
    #[msg("The change would change nothing: propose other values")]
    ChangeEmpty,
    #[msg("The kind of a service never changes: create another service")]
    KindFixed,
    #[msg("The length of epochs never changes: propose the network's own")]
    EpochFixed,
    #[msg("Bonds on their way out would not outlast this window: raise unbonding_seconds first")]
    WindowBeyondUnbonding,
    #[msg("The rent goes back to who paid it: pass the address that paid")]
    WrongRecipient,
    #[msg("The kinds are out of bounds: choose at least one, and none that does not exist")]
    BadKinds,
    #[msg("The source is not known: 1 signs clearances, 2 is a credential of attestations")]
    BadIssuerSource,
    #[msg("The name must be printable ASCII of 1 to 31 bytes")]
    BadIssuerName,
    #[msg("Attestations need a schema, and a place for the country and the tier of their kinds")]
    BadSchema,
    #[msg("The issuer's key must be a key: the zero address can sign nothing")]
    BadIssuerKey,
    #[msg("The network trusts this issuer no longer: have another issuer admitted")]
    IssuerRevoked,
    #[msg("This issuer attests elsewhere: obtain its attestation there")]
    NotNativeIssuer,
    #[msg("The signer is not the issuer: sign with the key that the network admitted")]
    NotIssuer,
    #[msg("This is not the issuer of the clearance: pass the issuer that it names")]
    WrongIssuer,
    #[msg("The network did not admit this issuer for such a kind: grant the kinds it may")]
    KindNotGrantable,
    #[msg("The jurisdiction must be two capital letters, with the kind for it and not without")]
    BadJurisdiction,
    #[msg("The audit tier must be above zero with the kind for it, and zero without")]
    BadAuditTier,
    #[msg("A clearance must end in the future, within five years")]
    BadExpiry,
    #[msg("The clearance is revoked already: nothing to do")]
    ClearanceRevoked,
    #[msg("The clearance still counts: close it when it has expired or was revoked")]
    ClearanceLive,
    #[msg("The jurisdictions must be 1 to 32 countries in ascending order, for the kind for them")]
    BadJurisdictions,
    #[msg("No change of the policy waits: propose one first")]
    NoPolicyChange,
    #[msg("The account has a layout that this program does not know: migrate it, or update")]
    WrongVersion,
    #[msg("The margin must be 0 (the authority alone admits) to 10,000 basis points")]
    BadDisplacementMargin,
    #[msg("This network lets nobody displace a verifier: ask its authority to register")]
    DisplacementClosed,
    #[msg("No verifier is active that could be displaced: ask the authority to register")]
    NoVerifierToDisplace,
    #[msg("The bond does not exceed the smallest by the network's margin: bond more")]
    BondNotLarger,
    #[msg("The numbers that are left are for displacement: displace the smallest bond")]
    SeatsReserved,
    #[msg(
        "The operator's held pay comes before its stake: apply `held_slash` with this leaf first"
    )]
    HeldPayFirst,
    #[msg("Only the pool of the operator's service signs this, when the rewards program slashes")]
    NotServicePool,
    #[msg("The operator has committed to more than this capacity: end commitments first")]
    CapacityCommitted,
}

/// The code of `WrongVersion`, which every account of another layout is refused with.
pub(crate) const WRONG_VERSION: u32 = 6000 + StakingError::WrongVersion as u32;
