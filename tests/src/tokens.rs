//! Mints and token accounts, written straight into the chain.

use {
    crate::svm::Svm,
    solana_address::Address,
    solana_program_pack::{IsInitialized, Pack},
    spl_token_interface::state::{Account, AccountState, Mint},
};

/// Decimals of the tests' network token.
pub const TOKEN_DECIMALS: u8 = 9;
/// Base units of one network token.
pub const TOKEN: u64 = 1_000_000_000;
/// Decimals of the tests' stablecoin.
pub const STABLE_DECIMALS: u8 = 6;

impl Svm {
    /// Writes a mint of the classic token program, with nothing minted yet.
    pub fn put_mint(&mut self, mint: Address, decimals: u8, authority: Option<Address>) {
        let state = Mint {
            mint_authority: authority.into(),
            supply: 0,
            decimals,
            is_initialized: true,
            freeze_authority: None.into(),
        };
        self.put_packed(mint, &state);
    }

    /// Writes a token account of `owner` with a balance that is minted for it.
    pub fn put_tokens(&mut self, mint: Address, owner: Address, amount: u64) -> Address {
        let address = self.fresh_address();
        let state = Account {
            mint,
            owner,
            amount,
            state: AccountState::Initialized,
            ..Account::default()
        };
        self.put_packed(address, &state);
        let mut supply: Mint = self.packed(&mint);
        supply.supply += amount;
        self.put_packed(mint, &supply);
        address
    }

    /// Balance of a token account.
    #[track_caller]
    pub fn tokens(&self, address: &Address) -> u64 {
        self.packed::<Account>(address).amount
    }

    /// Supply of a mint.
    #[track_caller]
    pub fn supply(&self, mint: &Address) -> u64 {
        self.packed::<Mint>(mint).supply
    }

    /// A token account or mint.
    #[track_caller]
    pub fn packed<T: Pack + IsInitialized>(&self, address: &Address) -> T {
        let account = self.raw(address).expect("an account that exists");
        T::unpack(&account.data).expect("an account of the token program")
    }

    /// Writes a token account or mint.
    pub fn put_packed<T: Pack>(&mut self, address: Address, state: &T) {
        let mut data = vec![0; T::LEN];
        T::pack_into_slice(state, &mut data);
        self.put(address, spl_token_interface::ID, data);
    }
}
