//! Classic tokens: a vault that is its own authority, and transfers that name mint and decimals.

use crate::{
    address::{leads_to, BUMP_PLACE, MARKER},
    call::call,
    field::{key_at, put, put_u64, same, u64_at},
    generated::{EscrowError, ASSOCIATED_TOKEN_PROGRAM, TOKEN_PROGRAM, WRAPPED_SOL},
    require, Outcome,
};
use pinocchio::{
    cpi::{Seed, Signer},
    instruction::{InstructionAccount, InstructionView},
    AccountView, Address,
};

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

/// Decimals of a mint of the classic token program. Its accounts can't be closed, so what was checked once stays so.
#[inline(always)]
pub fn decimals_of(mint: &AccountView) -> Outcome<u8> {
    require(mint.owned_by(&TOKEN_PROGRAM), EscrowError::TokenProgramWrong)?;
    require(mint.address() != &WRAPPED_SOL, EscrowError::MintRefused)?;
    decimals(&mint.try_borrow()?)
}

#[inline(always)]
fn decimals(data: &[u8]) -> Outcome<u8> {
    require(data.len() == MINT_BYTES && data[IS_INITIALIZED] == 1, EscrowError::MintRefused)?;
    Ok(data[DECIMALS])
}

#[inline(always)]
pub fn amount_of(token_account: &AccountView) -> Outcome<u64> {
    require(token_account.owned_by(&TOKEN_PROGRAM), EscrowError::VaultWrong)?;
    let data = token_account.try_borrow()?;
    require(data.len() == TOKEN_ACCOUNT_BYTES, EscrowError::VaultWrong)?;
    Ok(u64_at(&data, AMOUNT))
}

/// The vault of a deposit is where its seeds lead; nothing else that looks like one is.
#[inline(never)]
pub fn require_vault(program: &Address, deposit: &Address, vault: &AccountView, bump: u8) -> Outcome {
    let here = leads_to(&mut [VAULT, deposit.as_array(), BUMP_PLACE, program.as_array(), &MARKER], bump, vault.address());
    require(here, EscrowError::VaultWrong)?;
    require(vault.is_writable(), EscrowError::AccountNotWritable)
}

/// Out of the vault into the receiver's canonical token account, or into any of theirs that they signed for.
#[inline(always)]
pub fn pay_token(program: &Address, deposit: &AccountView, receiver: &AccountView, vault_bump: u8, [vault, mint, destination]: [&AccountView; 3], bump: u8, amount: u64) -> Outcome {
    require_vault(program, deposit.address(), vault, vault_bump)?;
    require_destination(receiver, mint, destination, bump)?;
    let bump_seed = [vault_bump];
    let seeds = [Seed::from(VAULT), Seed::from(deposit.address().as_array()), Seed::from(&bump_seed)];
    transfer(Transfer { from: vault, mint, to: destination, authority: vault, amount, decimals: decimals_of(mint)?, signers: &[Signer::from(&seeds)] })
}

#[inline(always)]
fn require_destination(receiver: &AccountView, mint: &AccountView, destination: &AccountView, bump: u8) -> Outcome {
    require(destination.is_writable(), EscrowError::AccountNotWritable)?;
    require(destination.owned_by(&TOKEN_PROGRAM), EscrowError::DestinationWrong)?;
    let wallet = receiver.address().as_array();
    {
        let data = destination.try_borrow()?;
        let theirs = data.len() == TOKEN_ACCOUNT_BYTES && same(key_at(&data, 0), mint.address().as_array()) && same(key_at(&data, HOLDER), wallet);
        require(theirs, EscrowError::DestinationWrong)?;
    }
    let mut canonical: [&[u8]; 6] = [wallet, TOKEN_PROGRAM.as_array(), mint.address().as_array(), BUMP_PLACE, ASSOCIATED_TOKEN_PROGRAM.as_array(), &MARKER];
    require(receiver.is_signer() || leads_to(&mut canonical, bump, destination.address()), EscrowError::DestinationWrong)
}

/// Sends the rent of an empty vault to the funder.
#[inline(always)]
pub fn close_vault(deposit: &Address, vault: &AccountView, vault_bump: u8, funder: &AccountView) -> Outcome {
    let bump_seed = [vault_bump];
    let seeds = [Seed::from(VAULT), Seed::from(deposit.as_array()), Seed::from(&bump_seed)];
    let accounts = [InstructionAccount::writable(vault.address()), InstructionAccount::writable(funder.address()), InstructionAccount::readonly_signer(vault.address())];
    let instruction = InstructionView { program_id: &TOKEN_PROGRAM, accounts: &accounts, data: &[CLOSE_ACCOUNT] };
    call(&instruction, &[vault, funder, vault], &[Signer::from(&seeds)])
}

pub struct Transfer<'a> {
    pub from: &'a AccountView,
    pub mint: &'a AccountView,
    pub to: &'a AccountView,
    pub authority: &'a AccountView,
    pub amount: u64,
    pub decimals: u8,
    pub signers: &'a [Signer<'a, 'a>],
}

/// The token program checks mint and decimals once more. It gets nobody's signature but the authority's.
#[inline(never)]
pub fn transfer(Transfer { from, mint, to, authority, amount, decimals, signers }: Transfer) -> Outcome {
    let accounts = [
        InstructionAccount::writable(from.address()),
        InstructionAccount::readonly(mint.address()),
        InstructionAccount::writable(to.address()),
        InstructionAccount::readonly_signer(authority.address()),
    ];
    let mut data = [0; 10];
    data[0] = TRANSFER_CHECKED;
    put_u64(&mut data, 1, amount);
    data[9] = decimals;
    let instruction = InstructionView { program_id: &TOKEN_PROGRAM, accounts: &accounts, data: &data };
    call(&instruction, &[from, mint, to, authority], signers)
}

/// Makes a new account of the token program a vault that is its own authority.
#[inline(always)]
pub fn initialize_vault(vault: &AccountView, mint: &AccountView) -> Outcome {
    let mut data = [0; 33];
    data[0] = INITIALIZE_ACCOUNT_3;
    put(&mut data, 1, vault.address().as_array());
    let accounts = [InstructionAccount::writable(vault.address()), InstructionAccount::readonly(mint.address())];
    let instruction = InstructionView { program_id: &TOKEN_PROGRAM, accounts: &accounts, data: &data };
    call(&instruction, &[vault, mint], &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_initialised_mint_has_decimals() {
        let mut mint = [0; MINT_BYTES];
        mint[DECIMALS] = 6;
        assert_eq!(decimals(&mint), Err(EscrowError::MintRefused));
        mint[IS_INITIALIZED] = 1;
        assert_eq!(decimals(&mint), Ok(6));
        for other in [&mint[1..], &[0; TOKEN_ACCOUNT_BYTES], &[]] {
            assert_eq!(decimals(other), Err(EscrowError::MintRefused));
        }
    }
}
