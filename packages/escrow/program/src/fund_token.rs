use crate::{
    address::{bump_seed, MARKER},
    create_account::{create_account, NewAccount},
    event::emit,
    field::{is_same, u64_at},
    fund::{create_deposit, Money, Terms, AMOUNT, TERMS_BYTES},
    generated::{EscrowError, INSTRUCTION_FUND_TOKEN, TOKEN_PROGRAM},
    require, Call, Outcome,
    token::{amount_of, initialize_vault, require_mint, transfer, Transfer, TOKEN_ACCOUNT_BYTES, VAULT},
};

/// Accounts: funder (signs, pays), deposit, operator, system program, token account of the funder, vault, mint, token program.
/// Data: the terms, the bump of the vault.
/// Moves exactly `amount` base units into a vault of this deposit alone, and freezes every term.
#[inline(never)]
pub fn fund_token(call: Call) -> Outcome {
    let [funder, account, _, system, source, vault, mint, token_program] = *call.accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let Some((Ok(terms), [vault_bump])) = call.data.split_at_checked(TERMS_BYTES).map(|(terms, rest)| (<&Terms>::try_from(terms), rest)) else {
        return Err(EscrowError::DataLengthWrong);
    };
    let amount = u64_at(terms, AMOUNT);
    require(is_same(token_program.address().as_array(), TOKEN_PROGRAM.as_array()), EscrowError::TokenProgramWrong)?;
    require_mint(&mint)?;
    require(amount > 0, EscrowError::AmountTooSmall)?;
    create_deposit(&call, terms, &Money { mint: mint.address().as_array(), vault_bump: *vault_bump, lamports: 0 })?;
    let mut parts: [&[u8]; 5] = [VAULT, account.address().as_array(), bump_seed(*vault_bump), call.program.as_array(), &MARKER];
    create_account(NewAccount { payer: &funder, account: &vault, system: &system, amount: 0, space: TOKEN_ACCOUNT_BYTES, owner: &TOKEN_PROGRAM, parts: &mut parts, bump: *vault_bump })?;
    initialize_vault(&vault, &mint)?;
    transfer(Transfer { from: &source, mint: &mint, to: &vault, authority: &funder, amount, signers: &[] })?;
    require(amount_of(&vault)? == amount, EscrowError::BalanceBroken)?;
    emit(INSTRUCTION_FUND_TOKEN, account.address(), 1, amount);
    Ok(())
}
