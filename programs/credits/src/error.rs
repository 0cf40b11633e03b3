//! Everything this program refuses, each with its remedy. The order is frozen: codes are an API.

use anchor_lang::prelude::*;

#[error_code(offset = 6600)]
pub enum CreditsError {
    #[msg(
        "The network is paused: only withdrawals, settlements and refunds work until it resumes"
    )]
    NetworkPaused,
    #[msg("The signer is not the network's authority: sign with the authority's key")]
    NotNetworkAuthority,
    #[msg("The account is not at the address that its content gives: derive the address")]
    WrongAddress,
    #[msg("The account belongs to another network: pass the accounts of one network")]
    WrongNetwork,
    #[msg("The account belongs to another service: pass the accounts of one service")]
    WrongService,
    #[msg("This is not the mint that the network names: pass its token or stablecoin mint")]
    WrongMint,
    #[msg("This is not the network's credit mint: derive it from the network's address")]
    WrongCreditMint,
    #[msg("This is not the market's revenue vault: derive it from the network's address")]
    WrongVault,
    #[msg("The metadata address must be printable ASCII of at most 200 bytes")]
    BadUri,
    #[msg("The price's greatest age is out of bounds: choose 10 to 3,600 seconds")]
    BadPriceAge,
    #[msg("The price's widest confidence is out of bounds: choose 1 to 1,000 basis points")]
    BadPriceConf,
    #[msg("The price feed must be named: the zero feed has no price")]
    BadFeed,
    #[msg("This is not the market's price account: pass the one that the market names")]
    WrongPriceAccount,
    #[msg("The price account is not Pyth's: pass an account that the Pyth receiver owns")]
    NotPriceProgram,
    #[msg("The price account cannot be read as a Pyth price update: pass the feed's account")]
    PriceMalformed,
    #[msg("The price was not fully verified: post an update with full verification")]
    PriceNotVerified,
    #[msg("The price is of another feed: pass the account of the market's feed")]
    PriceOtherFeed,
    #[msg("The price is too old: post a newer update and buy again")]
    PriceStale,
    #[msg("The price comes from the future: wait until the chain's clock reaches it")]
    PriceFuture,
    #[msg("The price is too uncertain: wait until its confidence narrows")]
    PriceWide,
    #[msg("The price is not above zero: wait until the feed recovers, or pay in stablecoin")]
    PriceNotPositive,
    #[msg("The price's exponent is out of range: the market needs a feed of -18 to 0 decimals")]
    PriceExponent,
    #[msg("The number of credits must be above zero")]
    ZeroCredits,
    #[msg("The credits cost more than the given maximum: raise it or buy fewer")]
    CostAboveMaximum,
    #[msg("The token account does not hold credits of this network: use the wallet's own account")]
    WrongCreditAccount,
    #[msg("The credit account belongs to another wallet: use the signer's own account")]
    NotCreditAccountOwner,
    #[msg("The account has fewer free credits than that: deposit more or use fewer")]
    InsufficientCredits,
    #[msg(
        "The account belongs to another customer: pass, or sign for, the customer's own account"
    )]
    NotCustomer,
    #[msg(
        "The operator's node did not agree: have it sign, or renew as the lease's option allows"
    )]
    NotNodeKey,
    #[msg("The account belongs to another operator: pass the operator that the lease names")]
    WrongOperator,
    #[msg("The commitment is not between this customer and this operator")]
    WrongCommitment,
    #[msg("The commitment has ended: register a new one and lease that")]
    CommitmentEnded,
    #[msg("The rate must be above zero credits an epoch")]
    BadRate,
    #[msg("The term is out of bounds: choose 1 to 3,650 epochs")]
    BadTerm,
    #[msg("The settlement period is out of bounds: choose 1 to 32 epochs")]
    BadPeriod,
    #[msg("The service level must be at most 10,000 basis points")]
    BadServiceLevel,
    #[msg("The service credit must be at most 10,000 basis points")]
    BadServiceCredit,
    #[msg(
        "Only the customer or who acts for the operator can do that: sign with one of their keys"
    )]
    NotLeaseParty,
    #[msg("The reason is not one that a party can give: choose 1 to 5")]
    BadReason,
    #[msg("The lease ends no later than that already: nothing to do")]
    LeaseEndsAlready,
    #[msg("Every epoch of the lease is settled already: close it")]
    LeaseSettled,
    #[msg("The lease is not settled yet and its timeout has not passed: settle it, or wait")]
    LeaseNotFinished,
    #[msg("No final root reaches the lease's next settlement yet: wait for it")]
    SettlementNotDue,
    #[msg(
        "The lease must be settled with another epoch's root: the oldest that reaches its period"
    )]
    WrongSettlementEpoch,
    #[msg("The leaf is not in that epoch's root: fetch the leaves and the proof of that epoch")]
    LeafNotProven,
    #[msg("A counter of the leaf fell: report this, no final root may do so")]
    CounterFell,
    #[msg("The network's clock stands before its genesis: try again later")]
    BeforeGenesis,
    #[msg("An amount passed 64 bits: use smaller amounts")]
    MathOverflow,
    #[msg("An account breaks its own rules: report this, it must not happen")]
    InvariantViolated,
    #[msg(
        "The schedule of service credits does not rise: each step needs a lower level and a higher \
         credit than the one before, and unused steps come last"
    )]
    BadSchedule,
    #[msg("The cap on service credits must be at most 10,000 basis points")]
    BadCreditCap,
    #[msg("The customer's notice is out of bounds: choose 0 to 90 epochs")]
    BadLeaseNotice,
    #[msg(
        "The renewal option is out of bounds: choose up to 3,650 epochs and a rate above zero, or \
         neither"
    )]
    BadRenewal,
    #[msg("The lease is ending or over: open a new one")]
    LeaseNotRunning,
    #[msg("Another rate is still to come: renew at that rate, or wait until it applies")]
    RenewalPending,
    #[msg("The new lease is with the same operator: renew the old one instead")]
    SameOperator,
    #[msg("This is not the address of the operator's maintenance: derive it from the operator")]
    WrongMaintenance,
    #[msg("A window needs 1 to 9 epochs, and any 90 epochs may have 9 of maintenance at most")]
    TooMuchMaintenance,
    #[msg("Maintenance must be declared ahead: begin at least three epochs after the running one")]
    MaintenanceTooSoon,
    #[msg("Maintenance is declared in order: begin after the last declared window")]
    MaintenanceOutOfOrder,
    #[msg("Eight declared windows still count: wait until 90 epochs after the oldest of them")]
    MaintenanceFull,
    #[msg("The operator has left its service for good: choose another operator")]
    OperatorExited,
    #[msg("This is not the policy of the service: derive its address from the service")]
    WrongPolicy,
    #[msg("A party's issuer is none of this network: pass an issuer that the network admitted")]
    WrongIssuer,
    #[msg("The network trusts a party's issuer no longer: obtain a clearance from another one")]
    IssuerRevoked,
    #[msg("A party shows no clearance of its wallet by that issuer: obtain one and pass it")]
    NotCleared,
    #[msg("The clearance of a party was revoked: have its issuer grant it again")]
    ClearanceRevoked,
    #[msg("The clearance of a party has expired: have its issuer renew it")]
    ClearanceExpired,
    #[msg("The clearance of a party lacks a kind that the service asks for: obtain all of them")]
    KindNotCleared,
    #[msg("The service does not admit the jurisdiction of a party: use another service")]
    JurisdictionRefused,
    #[msg("The audit tier of a party is below what the service asks for: obtain a higher one")]
    AuditTierTooLow,
    #[msg(
        "A fee is out of bounds: at most 2,000 basis points to the treasury, 1,000 to insurance"
    )]
    BadFee,
    #[msg("The biller's cap is out of bounds: at most 100 billion credits a day")]
    BadBillerCap,
    #[msg("Another change is proposed already: cancel it first")]
    ChangePending,
    #[msg("The change's delay has not passed: apply it in the epoch that it names, or later")]
    ChangeNotDue,
    #[msg("The change has lapsed: cancel it and propose it again")]
    ChangeLapsed,
    #[msg("This is not the market's treasury: derive it from the market's address")]
    WrongTreasury,
    #[msg("This is not the market's insurance vault: derive it from the market's address")]
    WrongInsuranceVault,
    #[msg("This is not the stablecoin vault of the service's pool: derive it from the service")]
    WrongPoolVault,
    #[msg("Nothing can be released: no credits were used up since, or all of them wait for cards")]
    NothingToRelease,
    #[msg("The amount must be above zero and at most what the treasury holds")]
    BadAmount,
    #[msg("The signer is not the market's biller: sign with the biller's key")]
    NotBiller,
    #[msg(
        "The biller's cap is above what the market allows: lower it, or change the market first"
    )]
    CapAboveMarket,
    #[msg("The chargeback time is out of bounds: choose 7 to 180 days in seconds")]
    BadChargebackTime,
    #[msg("The biller has sold all that it may today: sell tomorrow, or raise the cap")]
    BillerCapReached,
    #[msg("The payment is too old to be sold: at most three days, refund it instead")]
    PaymentTooOld,
    #[msg("The payment lies in the future: pass the time at which it was made")]
    PaymentInFuture,
    #[msg("This payment was sold already, to another account or for other credits: look it up")]
    PaymentDiffers,
    #[msg("The account belongs to another market: pass the accounts of one market")]
    WrongMarket,
    #[msg("The sale is of another account: pass the account that the sale names")]
    WrongSale,
    #[msg("The sale is not open: a chargeback was opened or decided, or it was refunded")]
    SaleNotOpen,
    #[msg("The sale is not frozen: open a chargeback first")]
    SaleNotFrozen,
    #[msg("The sale's chargeback time has passed: the sale is final")]
    SaleFinal,
    #[msg("The sale's chargeback time has not passed: close it later")]
    SaleNotFinal,
    #[msg("The chargeback cannot be decided like this yet: lost after 3 days, by anyone after 90")]
    DecisionNotDue,
    #[msg("The signer is not the delegate: pass the delegate account of the signer")]
    WrongDelegate,
    #[msg("A delegate can be limited to at most four services")]
    TooManyServices,
    #[msg("The delegate's time is over: the customer may extend it")]
    DelegateExpired,
    #[msg("That is more than the delegate may spend in this epoch")]
    DelegateEpochLimit,
    #[msg("That is more than the delegate may spend in all")]
    DelegateTotalLimit,
    #[msg("The delegate may not spend on this service")]
    DelegateService,
    #[msg("The price must be above zero credits a unit")]
    BadUnitPrice,
    #[msg("The cap must pay for at least one unit an epoch")]
    BadMeterCap,
    #[msg("The meter's notice is out of bounds: choose 1 to 32 epochs")]
    BadMeterNotice,
    #[msg("The meter belongs to another account: pass the account that the meter names")]
    WrongMeter,
    #[msg("The revenue account is of another service: derive it from the meter's service")]
    WrongRevenue,
    #[msg("No receipt stands before this instruction: put its ed25519 check right before it")]
    ReceiptMissing,
    #[msg("The receipt is not this meter's or not signed by its key: have the customer sign it")]
    ReceiptInvalid,
    #[msg("The receipt shows nothing that is not paid: wait for a newer one")]
    NothingUsed,
    #[msg("The meter can pay no unit now: its cap for the epoch or its credits are used up")]
    MeterExhausted,
    #[msg("Only the customer or the operator's controller can end a meter")]
    NotMeterParty,
    #[msg("The meter ends no later than that already: nothing to do")]
    MeterEndsAlready,
    #[msg("The meter has not ended: end it, or wait for its last epoch")]
    MeterNotEnded,
    #[msg("The meter's time is over: open another one")]
    MeterEnded,
    #[msg("The amount of a top-up must be above zero, and its floor at most 2^63 credits")]
    BadTopup,
    #[msg("The top-up's period is out of bounds: choose 1 to 365 epochs")]
    BadTopupPeriod,
    #[msg("The balance is not below the floor: no top-up is due")]
    TopupNotNeeded,
    #[msg("The last top-up was too short ago: wait for the next period")]
    TopupTooEarly,
    #[msg("This is not the stablecoin account that the customer named")]
    WrongTopupSource,
    #[msg("The account has a layout that this program does not know: migrate it, or update")]
    WrongVersion,
    #[msg("A customer needs no limits for its own key: name the key of somebody else")]
    OwnDelegate,
    #[msg("The size of a group is out of bounds: choose 1 to n for k, and k to 16 for n")]
    BadGroupSize,
    #[msg("The first epoch of a group is out of bounds: choose 1 to 32 after the running one")]
    BadGroupStart,
    #[msg("These are not the terms of the group: read the group, and agree to what it says")]
    GroupTermsDiffer,
    #[msg("The group began with fewer members than it needs: close it, and open another")]
    GroupBegun,
    #[msg("All places of the group are taken: wait until a member has left, or open another")]
    GroupFull,
    #[msg("The operator is a member of the group already: choose another operator")]
    MemberTwice,
    #[msg("Fewer operators joined than the group needs: close it, all of it goes back")]
    GroupTooSmall,
    #[msg("The member is recorded in this period already: record the others, then settle")]
    MemberRecorded,
    #[msg("A member is not recorded: record all, or wait four epochs after the first one was")]
    MemberNotRecorded,
    #[msg("The insurance holds less than these credits cost: pay fewer, see its balance")]
    InsuranceTooSmall,
    #[msg("The insurance's next payment has another number: see whether this one is made already")]
    WrongPayment,
}

/// The code of `WrongVersion`, which every account of another layout is refused with.
pub(crate) const WRONG_VERSION: u32 = 6600 + CreditsError::WrongVersion as u32;
