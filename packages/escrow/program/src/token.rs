//! Classic tokens: a vault that is its own authority, and transfers that name mint and decimals.

use crate::{
    address::{bump_seed, leads_to, seeds, MARKER},
    call::{call, Message, Party},
    field::{is_same, key_at, put, put_u64, u64_at},
    generated::{EscrowError, ASSOCIATED_TOKEN_PROGRAM, TOKEN_PROGRAM, WRAPPED_SOL},
    require, Outcome,
};
use pinocchio::{cpi::Signer, AccountView, Address};

pub const TOKEN_ACCOUNT_BYTES: usize = 165;
const HOLDER: usize = 32;
const AMOUNT: usize = 64;

const MINT_BYTES: usize = 82;
const DECIMALS: usize = 44;
const IS_INITIALIZED: usize = 45;

const TRANSFER_CHECKED: u8 = 12;
const CLOSE_ACCOUNT: u8 = 9;
const INITIALIZE_ACCOUNT_3: u8 = 18;

pub const VAULT: &[u8] = b"vault";

/// A mint of the classic token program. Its accounts can't be closed, so what was checked once stays so.
#[inline(always)]
pub fn require_mint(mint: &AccountView) -> Outcome {
    require(is_of_tokens(mint), EscrowError::TokenProgramWrong)?;
    require(!is_same(mint.address().as_array(), WRAPPED_SOL.as_array()), EscrowError::MintRefused)?;
    require_initialized(&mint.try_borrow()?)
}

#[inline(always)]
fn require_initialized(data: &[u8]) -> Outcome {
    require(data.len() == MINT_BYTES && data[IS_INITIALIZED] == 1, EscrowError::MintRefused)
}

#[inline(never)]
fn is_of_tokens(account: &AccountView) -> bool {
    account.owned_by(&TOKEN_PROGRAM)
}

#[inline(always)]
pub fn amount_of(token_account: &AccountView) -> Outcome<u64> {
    require(is_of_tokens(token_account), EscrowError::VaultWrong)?;
    let data = token_account.try_borrow()?;
    require(data.len() == TOKEN_ACCOUNT_BYTES, EscrowError::VaultWrong)?;
    Ok(u64_at(&data, AMOUNT))
}

/// What comes out of a vault.
#[derive(Clone, Copy)]
pub enum Taken {
    Amount(u64),
    /// Whatever is in it, and its rent to the receiver.
    Everything,
}

/// Out of the vault into the receiver's canonical token account, or into any of theirs that they signed for; where nothing
/// is left to take they need none. The vault of a deposit is where its seeds lead, and nothing else that looks like one is.
#[inline(always)]
pub fn take_from_vault(program: &Address, deposit: &AccountView, receiver: &AccountView, vault_bump: u8, [vault, mint, destination]: [&AccountView; 3], bump: u8, taken: Taken) -> Outcome {
    let parts: [&[u8]; 5] = [VAULT, deposit.address().as_array(), bump_seed(vault_bump), program.as_array(), &MARKER];
    require(leads_to(&parts, vault.address()), EscrowError::VaultWrong)?;
    require(vault.is_writable(), EscrowError::AccountNotWritable)?;
    let signers = [Signer::from(seeds(&parts))];
    let amount = match taken {
        Taken::Amount(amount) => amount,
        Taken::Everything => amount_of(vault)?,
    };
    if amount > 0 {
        require_destination(receiver, mint, destination, bump)?;
        transfer(Transfer { from: vault, mint, to: destination, authority: vault, amount, signers: &signers })?;
    }
    if let Taken::Everything = taken {
        require(receiver.is_writable(), EscrowError::AccountNotWritable)?;
        let parties = [Party::new(vault, true, false), Party::new(receiver, true, false), Party::new(vault, false, true)];
        call(&Message { program: &TOKEN_PROGRAM, data: &[CLOSE_ACCOUNT] }, &parties, &signers)?;
    }
    Ok(())
}

#[inline(always)]
fn require_destination(receiver: &AccountView, mint: &AccountView, destination: &AccountView, bump: u8) -> Outcome {
    require(destination.is_writable(), EscrowError::AccountNotWritable)?;
    require(is_of_tokens(destination), EscrowError::DestinationWrong)?;
    let wallet = receiver.address().as_array();
    {
        let data = destination.try_borrow()?;
        let theirs = data.len() == TOKEN_ACCOUNT_BYTES && is_same(key_at(&data, 0), mint.address().as_array()) && is_same(key_at(&data, HOLDER), wallet);
        require(theirs, EscrowError::DestinationWrong)?;
    }
    let canonical: [&[u8]; 6] = [wallet, TOKEN_PROGRAM.as_array(), mint.address().as_array(), bump_seed(bump), ASSOCIATED_TOKEN_PROGRAM.as_array(), &MARKER];
    require(receiver.is_signer() || leads_to(&canonical, destination.address()), EscrowError::DestinationWrong)
}

pub struct Transfer<'a> {
    pub from: &'a AccountView,
    pub mint: &'a AccountView,
    pub to: &'a AccountView,
    pub authority: &'a AccountView,
    pub amount: u64,
    pub signers: &'a [Signer<'a, 'a>],
}

/// The token program checks mint and decimals once more. It gets nobody's signature but the authority's.
#[inline(never)]
pub fn transfer(Transfer { from, mint, to, authority, amount, signers }: Transfer) -> Outcome {
    require(is_of_tokens(mint), EscrowError::TokenProgramWrong)?;
    let mut data = [0; 10];
    data[0] = TRANSFER_CHECKED;
    put_u64(&mut data, 1, amount);
    data[9] = *mint.try_borrow()?.get(DECIMALS).unwrap_or(&0);
    let parties = [Party::new(from, true, false), Party::new(mint, false, false), Party::new(to, true, false), Party::new(authority, false, true)];
    call(&Message { program: &TOKEN_PROGRAM, data: &data }, &parties, signers)
}

/// Makes a new account of the token program a vault that is its own authority.
#[inline(always)]
pub fn initialize_vault(vault: &AccountView, mint: &AccountView) -> Outcome {
    let mut data = [0; 33];
    data[0] = INITIALIZE_ACCOUNT_3;
    put(&mut data, 1, vault.address().as_array());
    call(&Message { program: &TOKEN_PROGRAM, data: &data }, &[Party::new(vault, true, false), Party::new(mint, false, false)], &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_initialised_mint_is_one() {
        let mut mint = [0; MINT_BYTES];
        assert_eq!(require_initialized(&mint), Err(EscrowError::MintRefused));
        mint[IS_INITIALIZED] = 1;
        assert_eq!(require_initialized(&mint), Ok(()));
        for other in [&mint[1..], &[0; TOKEN_ACCOUNT_BYTES], &[]] {
            assert_eq!(require_initialized(other), Err(EscrowError::MintRefused));
        }
    }
}
