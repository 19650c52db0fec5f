use crate::{
    account,
    create_account::require_creatable,
    event::emit,
    field::u64_at,
    fund::{create_deposit, require_terms, NewDeposit, Terms, AMOUNT},
    generated::{deposit, EscrowError, INSTRUCTION_FUND_SOL},
    keys::NOBODY,
    require, Call, Outcome,
    terms::reserve,
};
use pinocchio::sysvars::{clock::Clock, rent::Rent, Sysvar};

/// Accounts: funder (signs, pays), deposit, operator, system program. Data: the terms.
/// Moves exactly `amount` and the rent reserve, and freezes every term.
#[inline(never)]
pub fn fund_sol(Call { program, accounts, data }: Call) -> Outcome {
    let [funder, account, operator, system] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let Ok(terms) = <&Terms>::try_from(data) else {
        return Err(EscrowError::DataLengthWrong);
    };
    let amount = u64_at(terms, AMOUNT);
    let clock = Clock::get()?;
    require_creatable(funder, account, system)?;
    require_terms(terms, funder.address(), account::operator(operator, program)?, &clock)?;
    let rent = Rent::get()?;
    require(amount >= reserve(0, rent.try_minimum_balance(0)?), EscrowError::AmountTooSmall)?;
    let Some(lamports) = amount.checked_add(reserve(deposit::SIZE, rent.try_minimum_balance(deposit::SIZE)?)) else {
        return Err(EscrowError::AmountTooLarge);
    };
    require(funder.lamports() >= lamports, EscrowError::FundsTooSmall)?;
    create_deposit(NewDeposit { program, funder, account, operator: operator.address(), terms, lamports, mint: &NOBODY, vault_bump: 0, clock: &clock })?;
    emit(INSTRUCTION_FUND_SOL, account.address(), 1, amount);
    Ok(())
}
