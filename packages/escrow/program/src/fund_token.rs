use crate::{
    account,
    address::{BUMP_PLACE, MARKER},
    create_account::{create_account, require_creatable, NewAccount},
    event::emit,
    field::u64_at,
    fund::{create_deposit, require_terms, NewDeposit, Terms, AMOUNT, TERMS_BYTES},
    generated::{deposit, EscrowError, INSTRUCTION_FUND_TOKEN, TOKEN_PROGRAM},
    require, Call, Outcome,
    terms::reserve,
    token::{amount_of, decimals_of, initialize_vault, transfer, Transfer, TOKEN_ACCOUNT_BYTES, VAULT},
};
use pinocchio::sysvars::{clock::Clock, rent::Rent, Sysvar};

/// Accounts: funder (signs, pays), deposit, operator, system program, token account of the funder, vault, mint, token program.
/// Data: the terms, the bump of the vault.
/// Moves exactly `amount` base units into a vault of this deposit alone, and freezes every term.
#[inline(never)]
pub fn fund_token(Call { program, accounts, data }: Call) -> Outcome {
    let [funder, account, operator, system, source, vault, mint, token_program] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let Some((Ok(terms), [vault_bump])) = data.split_at_checked(TERMS_BYTES).map(|(terms, rest)| (<&Terms>::try_from(terms), rest)) else {
        return Err(EscrowError::DataLengthWrong);
    };
    let amount = u64_at(terms, AMOUNT);
    let clock = Clock::get()?;
    require_creatable(funder, account, system)?;
    require_creatable(funder, vault, system)?;
    require(token_program.address() == &TOKEN_PROGRAM, EscrowError::TokenProgramWrong)?;
    let decimals = decimals_of(mint)?;
    require_terms(terms, funder.address(), account::operator(operator, program)?, &clock)?;
    require(amount > 0, EscrowError::AmountTooSmall)?;
    let rent = Rent::get()?;
    let deposit_lamports = reserve(deposit::SIZE, rent.try_minimum_balance(deposit::SIZE)?);
    let vault_lamports = reserve(TOKEN_ACCOUNT_BYTES, rent.try_minimum_balance(TOKEN_ACCOUNT_BYTES)?);
    require(funder.lamports() >= deposit_lamports.saturating_add(vault_lamports), EscrowError::FundsTooSmall)?;

    create_deposit(NewDeposit { program, funder, account, operator: operator.address(), terms, lamports: deposit_lamports, mint: mint.address().as_array(), vault_bump: *vault_bump, clock: &clock })?;
    let deposit_address = account.address().as_array();
    let mut parts: [&[u8]; 5] = [VAULT, deposit_address, BUMP_PLACE, program.as_array(), &MARKER];
    create_account(NewAccount { payer: funder, account: vault, lamports: vault_lamports, space: TOKEN_ACCOUNT_BYTES, owner: &TOKEN_PROGRAM, parts: &mut parts, bump: *vault_bump })?;
    initialize_vault(vault, mint)?;
    transfer(Transfer { from: source, mint, to: vault, authority: funder, amount, decimals, signers: &[] })?;
    require(amount_of(vault)? == amount, EscrowError::BalanceBroken)?;
    emit(INSTRUCTION_FUND_TOKEN, account.address(), 1, amount);
    Ok(())
}
